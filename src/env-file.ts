import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";

/** One `KEY=value` of an env file and where it stands, for messages that point at it. */
export interface EnvEntry {
  readonly value: string;
  /** Counted from 1. */
  readonly line: number;
}

export interface EnvFile {
  readonly entries: ReadonlyMap<string, EnvEntry>;
  /** Lines that are neither an assignment, a comment nor empty. */
  readonly malformed: readonly { readonly line: number; readonly text: string }[];
}

const ASSIGNMENT = /^(\uFEFF?\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*)(.*?)\s*$/;
const QUOTED = /^(?:"([^"]*)"|'([^']*)')\s*(?:#.*)?$/;

/**
 * Reads the text of an env file: `KEY=value`, optional `export`, single or double quotes (then also over several
 * lines), `#` comments (after a value only behind white space). Of a key that stands twice the last one counts.
 */
export function parseEnv(text: string): EnvFile {
  const lines = text.split(/\r?\n/);
  const entries = new Map<string, EnvEntry>();
  const malformed: { line: number; text: string }[] = [];
  let next = 0;
  for (const assignment of assignments(lines)) {
    malformed.push(...strayLines(lines, next, assignment.first));
    entries.set(assignment.key, { value: assignment.value, line: assignment.first + 1 });
    next = assignment.last + 1;
  }
  malformed.push(...strayLines(lines, next, lines.length));
  return { entries, malformed };
}

/** Where an assignment stands, by the indexes of its lines, and its pieces. */
interface Assignment {
  readonly key: string;
  readonly value: string;
  readonly first: number;
  readonly last: number;
  /** All that is in front of the value. */
  readonly lead: string;
  /** The comment behind the value. */
  readonly comment: string;
}

function* assignments(lines: readonly string[]): Generator<Assignment> {
  for (let first = 0; first < lines.length; first += 1) {
    const [, lead = "", key, rest = ""] = ASSIGNMENT.exec(lines[first] ?? "") ?? [];
    if (key === undefined) continue;
    const last = closingLine(lines, first, rest);
    const raw = [rest, ...lines.slice(first + 1, last + 1)].join("\n");
    const quoted = QUOTED.exec(raw);
    const bare = withoutComment(raw);
    const value = quoted ? (quoted[1] ?? quoted[2] ?? "") : bare;
    const comment = raw.slice(quoted ? value.length + 2 : bare.length).trim();
    yield { key, value, first, last, lead, comment };
    first = last;
  }
}

/** The line on which a value in quotes ends; its own line when it has none that are closed. */
function closingLine(lines: readonly string[], first: number, rest: string): number {
  const quote = rest[0];
  if ((quote !== '"' && quote !== "'") || rest.includes(quote, 1)) return first;
  const last = lines.findIndex((line, index) => index > first && line.includes(quote));
  const closing = lines[last];
  // A quote within a line opens something else: then the first one was just left open.
  return closing !== undefined && QUOTED.test(quote + closing) ? last : first;
}

/** A `#` in quotes is part of the value, as in `--title "task #1"`. */
function withoutComment(raw: string): string {
  return raw.replace(/((?<=^|[\s=])(?:"[^"]*"|'[^']*'))|(?:^|\s+)#.*$/g, "$1");
}

function strayLines(lines: readonly string[], from: number, to: number): { line: number; text: string }[] {
  return lines
    .slice(from, to)
    .map((text, index) => ({ line: from + index + 1, text }))
    .filter(({ text }) => !/^\uFEFF?\s*(#|$)/.test(text));
}

/** Reads an env file; a missing one is empty. Throws when it is there but cannot be read. */
export function readEnvFile(path: string): EnvFile {
  try {
    // A pipe would be waited for without end.
    if (statSync(path).isFIFO()) throw Object.assign(new Error(`${path} is a pipe`), { code: "a pipe" });
    return parseEnv(readFileSync(path, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return parseEnv("");
    throw error;
  }
}

/**
 * The text with `key` set to `value`: in place where the key stands, else at the end. All other lines stay as they are,
 * and so does a comment behind the old value.
 * @param value One line, without both kinds of quotes in it.
 */
export function withEnvValue(text: string, key: string, value: string): string {
  const quote = value.includes('"') ? "'" : '"';
  const written = /[\s#"']/.test(value) ? `${quote}${value}${quote}` : value;
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  const lines = text.split("\n");
  // The last one counts when it is read, so the last one is what has to change.
  const old = [...assignments(lines)].findLast((each) => each.key === key);
  if (old) {
    const lineEnd = lines[old.last]?.endsWith("\r") ? "\r" : "";
    const line = `${old.lead}${written}${old.comment === "" ? "" : ` ${old.comment}`}${lineEnd}`;
    return lines.toSpliced(old.first, old.last - old.first + 1, line).join("\n");
  }
  return `${text}${text === "" || text.endsWith("\n") ? "" : end}${key}=${written}${end}`;
}

/**
 * Replaces a file in one step, so that a crash leaves the old or the new one. Only the owner may read it. A symbolic link
 * stays one: what it points at is replaced.
 * @throws the file system's error; then the old file stays.
 */
export function writeFilePrivately(link: string, text: string): void {
  const path = existsSync(link) ? realpathSync(link) : link;
  const temporary = `${path}.${process.pid}-${Date.now().toString(36)}.tmp`;
  try {
    const file = openSync(temporary, "wx", 0o600);
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    chmodSync(temporary, 0o600);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
