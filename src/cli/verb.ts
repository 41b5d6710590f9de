import type { Readable, Writable } from "node:stream";

/** The surroundings of a command: everything that a test wants to replace. */
export interface Surroundings {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };
  readonly stderr: Writable;
}

/** One verb of the command line. */
export interface Verb {
  readonly name: string;
  /** What follows the name, such as `[--force]`. */
  readonly usage: string;
  readonly summary: string;
  /** What `nanogent help NAME` adds to it. */
  readonly detail: string;
  /** The flags that it takes, with their dashes. */
  readonly flags: readonly string[];
  /** Those that are followed by a value, in a word of its own or behind a `=`. */
  readonly values?: readonly string[];
  /** For programs: the list of all verbs leaves it out. */
  readonly hidden?: true;
  /** How many words may follow it. */
  readonly words: number;
  /** From its first word on, or behind `--`, all is a command line of somebody else, whatever it looks like. */
  readonly command?: true;
  /** @returns the exit code. */
  run(call: VerbCall): Promise<number>;
}

export interface VerbCall {
  readonly flags: ReadonlySet<string>;
  readonly words: readonly string[];
  /** By flag, with its dashes. */
  readonly values: ReadonlyMap<string, string>;
  readonly around: Surroundings;
}

/**
 * Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 the bot token is not valid. Of verbs that ask a bridge:
 * 3 none runs, 4 there is no such thing, 5 not confirmed, 124 not in time.
 */
export const EXIT = {
  ...{ done: 0, failed: 1, usage: 2, unauthorized: 3 },
  ...{ noBridge: 3, notFound: 4, notConfirmed: 5, timedOut: 124 },
} as const;
