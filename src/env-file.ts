import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
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

const ASSIGNMENT = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/;

/**
 * Reads the text of an env file: `KEY=value`, optional `export`, single or double quotes, `#` comments (after a value
 * only behind white space). Of a key that stands twice the last one counts.
 */
export function parseEnv(text: string): EnvFile {
  const entries = new Map<string, EnvEntry>();
  const malformed: { line: number; text: string }[] = [];
  for (const [index, raw] of text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .entries()) {
    const line = index + 1;
    if (/^\s*(#|$)/.test(raw)) continue;
    const match = ASSIGNMENT.exec(raw);
    if (match?.[1] === undefined) malformed.push({ line, text: raw });
    else entries.set(match[1], { value: unquote(match[2] ?? ""), line });
  }
  return { entries, malformed };
}

function unquote(raw: string): string {
  const quoted = /^(["'])(.*?)\1\s*(?:#.*)?$/.exec(raw);
  if (quoted) return quoted[2] ?? "";
  return raw.replace(/(?:^|\s+)#.*$/, "");
}

/** Reads an env file; a missing one is empty. Throws when it is there but cannot be read. */
export function readEnvFile(path: string): EnvFile {
  try {
    return parseEnv(readFileSync(path, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return parseEnv("");
    throw error;
  }
}

/** The text with `key` set to `value`: in place where the key stands, else at the end. All other lines stay. */
export function withEnvValue(text: string, key: string, value: string): string {
  const quote = value.includes('"') ? "'" : '"';
  const assignment = `${key}=${/[\s#"']/.test(value) ? `${quote}${value}${quote}` : value}`;
  const lines = text.split(/\r?\n/);
  // The last one counts when it is read, so the last one is what has to change.
  const index = lines.findLastIndex((line) => ASSIGNMENT.exec(line)?.[1] === key);
  if (index >= 0) lines[index] = assignment;
  else if (lines.at(-1) === "") lines.splice(-1, 1, assignment, "");
  else lines.push(assignment, "");
  return lines.join("\n");
}

/** Replaces a file in one step, so that a crash leaves the old or the new one. Only the owner may read it. */
export function writeFilePrivately(path: string, text: string): void {
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
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
