import { accessSync, constants, statSync } from "node:fs";
import { isAbsolute, relative } from "node:path";

/** What lasts from one command to the next, as long as the bridge runs. */
export interface ShellSession {
  /** Undefined before the first command that has told it. */
  state: ShellState | undefined;
}

export interface ShellState {
  /** The folder that the shell was in, absolute. */
  readonly folder: string;
  /** What it has made of the environment that it was given: new values, and null for what it has taken out. */
  readonly changes: ReadonlyMap<string, string | null>;
}

/** What each shell sets for itself, and what belongs to the bridge or to one job. */
const NOT_KEPT = /^(_|PWD|SHLVL|(NANOGENT|TELEGRAM|nanogent)_.*)$/;

/**
 * The environment for the next command. Only what the shell has changed comes from the session: a secret that was removed
 * meanwhile is gone, and a new one is there.
 */
export function sessionEnv(base: NodeJS.ProcessEnv, state: ShellState | undefined): NodeJS.ProcessEnv {
  const env = { ...base };
  for (const [name, value] of state?.changes ?? []) {
    if (value === null) delete env[name];
    else env[name] = value;
  }
  return env;
}

/**
 * Reads what a shell has told at its end: its folder, a line end, and the environment as `env -0` writes it, with an empty
 * entry as the mark that it is whole.
 * @param base The environment that changes are told from.
 * @returns undefined when something is missing.
 */
export function readShellState(told: Buffer, base: NodeJS.ProcessEnv): ShellState | undefined {
  const text = told.toString("utf8");
  const end = text.indexOf("\0\0");
  const [folder = "", ...entries] = end < 0 ? [] : text.slice(0, end).split("\0");
  if (!isAbsolute(folder) || !folder.endsWith("\n")) return undefined;
  const after = new Map(entries.map((entry): [string, string] => halves(entry)));
  const changes = new Map<string, string | null>();
  for (const name of new Set([...after.keys(), ...Object.keys(base)])) {
    const value = after.get(name);
    if (!NOT_KEPT.test(name) && name !== "" && value !== base[name]) changes.set(name, value ?? null);
  }
  return { folder: folder.slice(0, -1), changes };
}

function halves(entry: string): [string, string] {
  const equals = entry.indexOf("=");
  return equals < 0 ? ["", ""] : [entry.slice(0, equals), entry.slice(equals + 1)];
}

/** Whether a shell can be started there. */
export function isUsableFolder(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** How the chat calls a folder: below the project's by the way from there. Undefined for the project's own. */
export function folderName(folder: string, project: string): string | undefined {
  const way = relative(project, folder);
  if (way === "") return undefined;
  return way === ".." || way.startsWith("../") || isAbsolute(way) ? folder : way;
}
