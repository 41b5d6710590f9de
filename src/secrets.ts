/** The values that must never be seen, and the one way to take them out of a text. */
export interface Secrets {
  /** The values themselves, for keeping them out of a child's environment. */
  readonly values: readonly string[];
  /**
   * Replaces every secret by dots of the same length, so that entity offsets stay right.
   * A token in part of a URL or inside a longer word is found too: it goes by value, not by place.
   */
  redact(text: string): string;
  /** As `redact`, for a text that goes on: the beginning of a secret at its end is hidden as well. */
  redactGrowing(text: string): string;
  /**
   * As `redactGrowing`, for a line of which only a part can be seen, as on a screen: the end of a secret at its beginning
   * is hidden as well, each also behind a sign that the line goes on there.
   */
  redactCut(text: string): string;
  /** Hides these as well, from now on. */
  add(values: Iterable<string>): void;
}

/** A value shorter than this is no secret but a word: hiding it would tear holes into ordinary text. */
export const SHORTEST_SECRET = 6;
/** A shorter beginning of a secret at the end of a text tells nothing, and is most often chance. */
const SHORTEST_BEGINNING = 4;
/** Behind a sign, or without its beginning, it has to be longer, so that it is no chance. */
const SHORTEST_PART = 6;

export function createSecrets(values: Iterable<string>): Secrets {
  const known = new Set<string>();
  let shapes: string[] = [];
  const add = (more: Iterable<string>): void => {
    for (const value of more) if (value.length >= SHORTEST_SECRET) known.add(value);
    // As it is, and as it stands in JSON. The longest first, so that a secret that contains another one is hidden whole.
    shapes = [...new Set([...known].flatMap((value) => [value, JSON.stringify(value).slice(1, -1)]))];
    shapes.sort((a, b) => b.length - a.length);
  };
  add(values);
  const redact = (text: string): string =>
    shapes.reduce((result, shape) => result.replaceAll(shape, "•".repeat(shape.length)), text);
  const redactGrowing = (text: string): string => {
    const clean = redact(text);
    const begun = Math.max(0, ...shapes.map((shape) => beginningAtEnd(clean, shape, SHORTEST_BEGINNING)));
    return begun === 0 ? clean : clean.slice(0, -begun) + "•".repeat(begun);
  };
  return {
    get values() {
      return [...known];
    },
    redact,
    add,
    redactGrowing,
    redactCut(text) {
      let clean = redactGrowing(text);
      for (const shape of shapes) {
        const least = Math.max(SHORTEST_PART, Math.ceil(shape.length / 2));
        // With or without a sign at the edge, such as the > of less.
        for (const sign of [0, 1]) {
          const begun = beginningAtEnd(clean.slice(0, clean.length - sign), shape, least);
          clean = dotted(clean, clean.length - sign - begun, begun);
          clean = dotted(clean, sign, endAtBeginning(clean.slice(sign), shape, least));
        }
      }
      return clean;
    },
  };
}

function beginningAtEnd(text: string, secret: string, least: number): number {
  for (let length = secret.length - 1; length >= least; length--) {
    if (text.endsWith(secret.slice(0, length))) return length;
  }
  return 0;
}

function endAtBeginning(text: string, secret: string, least: number): number {
  for (let length = secret.length - 1; length >= least; length--) {
    if (text.startsWith(secret.slice(-length))) return length;
  }
  return 0;
}

function dotted(text: string, at: number, length: number): string {
  return text.slice(0, at) + "•".repeat(length) + text.slice(at + length);
}

// MAX_TOKENS and its like are numbers that may be seen.
const SECRET_NAME = /TOKEN(?!S)|SECRET|PASSWORD|PASSWD|API_?KEY|PRIVATE_?KEY|CREDENTIAL|VAULT_KEY/i;

/** The values of an environment's variables that hold secrets by their names. */
export function secretsIn(environment: NodeJS.ProcessEnv): string[] {
  return Object.entries(environment).flatMap(([name, value]) => (isSecretName(name) && value ? [value] : []));
}

/** Whether a variable of this name holds a secret. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}
