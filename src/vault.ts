import { readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { writeFilePrivately } from "./env-file.ts";
import type { Log } from "./log.ts";
import { nameFault } from "./secret-name.ts";
import type { Secrets } from "./secrets.ts";

/**
 * The secrets that were given in the chat. They are in one file, readable by its owner only, and nowhere else. The bridge and
 * `nanogent chat` may share it: each change is made to what the file holds then.
 */
export interface Vault {
  readonly names: readonly string[];
  /** The bridge's own environment and the secrets: what agents get. It follows every change. */
  readonly environment: NodeJS.ProcessEnv;
  /** All that is blotted out of what is said: also the settings' own secrets, and those that were removed since the start. */
  readonly hidden: readonly string[];
  /** Blots a value out of everything that is said or logged, from now on. */
  hide(value: string): void;
  /** @throws the file system's error; then nothing has changed. */
  set(name: string, value: string): void;
  /** False when there is none of this name. @throws the file system's error; then nothing has changed. */
  remove(name: string): boolean;
  /** Writes the file anew, after it was removed. @throws the file system's error. */
  save(): void;
}

export interface VaultOptions {
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
  readonly secrets: Secrets;
  readonly log: Log;
}

/** Reads the secrets; without a file there are none. What cannot be read in it is logged, and left out. */
export function openVault({ path, env, secrets, log }: VaultOptions): Vault {
  removeHalfWritten(path);
  let values: ReadonlyMap<string, string> = new Map();
  const environment: NodeJS.ProcessEnv = { ...env };

  function take(next: ReadonlyMap<string, string>): void {
    for (const name of values.keys()) {
      if (env[name] === undefined) delete environment[name];
      else environment[name] = env[name];
    }
    for (const [name, value] of next) environment[name] = value;
    secrets.add(next.values());
    values = next;
  }

  function write(next: ReadonlyMap<string, string>): void {
    writeFilePrivately(path, `${JSON.stringify(Object.fromEntries(next), null, 2)}\n`);
    take(next);
  }

  /** What another process has written meanwhile counts; what cannot be read does not. */
  const latest = (): Map<string, string> => new Map(readSecrets(path, log) ?? values);
  take(latest());

  return {
    get names() {
      return [...values.keys()].toSorted();
    },
    environment,
    get hidden() {
      return secrets.values;
    },
    hide: (value) => secrets.add([value]),
    set(name, value) {
      secrets.add([value]);
      write(latest().set(name, value));
    },
    remove(name) {
      const next = latest();
      if (next.delete(name)) {
        write(next);
        return true;
      }
      take(next);
      return false;
    },
    save() {
      const all = new Map([...values, ...latest()]);
      if (all.size > 0) write(all);
    },
  };
}

/** What a crash has left of a write holds the values too. */
function removeHalfWritten(path: string): void {
  const folder = dirname(path);
  for (const name of readdirSync(folder)) {
    if (name.startsWith(`${basename(path)}.`) && name.endsWith(".tmp"))
      rmSync(join(folder, name), { force: true });
  }
}

/** The secrets of a project by their names; undefined when there is no such file, or none that can be read, which is logged. */
export function readSecrets(path: string, log: Log): ReadonlyMap<string, string> | undefined {
  try {
    const values = new Map<string, string>();
    const read: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (typeof read !== "object" || read === null) throw new TypeError("no JSON object");
    for (const [name, value] of Object.entries(read)) {
      // Names that nanogent would not have taken are none of its own.
      if (typeof value === "string" && nameFault(name) === undefined && !value.includes("\0"))
        values.set(name, value);
      else log.warn("secret left out", { name });
    }
    return values;
  } catch (error) {
    // Not its message: that of JSON.parse shows what is in the file.
    const { code = "no JSON" } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT") log.warn("secrets not read", { path, code });
    return undefined;
  }
}
