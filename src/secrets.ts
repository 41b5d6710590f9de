/** The values that must never be seen, and the one way to take them out of a text. */
export interface Secrets {
  /** The values themselves, for keeping them out of a child's environment. */
  readonly values: readonly string[];
  /**
   * Replaces every secret by dots of the same length, so that entity offsets stay right.
   * A token in part of a URL or inside a longer word is found too: it goes by value, not by place.
   */
  redact(text: string): string;
}

/** A value shorter than this is no secret but a word: hiding it would tear holes into ordinary text. */
const SHORTEST = 6;

export function createSecrets(values: Iterable<string>): Secrets {
  const known = [...new Set(values)].filter((value) => value.length >= SHORTEST);
  // As it is, and as it stands in JSON. The longest first, so that a secret that contains another one is hidden whole.
  const shapes = [...new Set(known.flatMap((value) => [value, JSON.stringify(value).slice(1, -1)]))];
  shapes.sort((a, b) => b.length - a.length);
  return {
    values: known,
    redact: (text) =>
      shapes.reduce((result, shape) => result.replaceAll(shape, "•".repeat(shape.length)), text),
  };
}

// MAX_TOKENS and its like are numbers that may be seen.
const SECRET_NAME = /TOKEN(?!S)|SECRET|PASSWORD|PASSWD|API_?KEY|PRIVATE_?KEY|CREDENTIAL|VAULT_KEY/i;

/** Whether a variable of this name holds a secret. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}
