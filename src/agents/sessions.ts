/** A conversation that an agent has kept. */
export interface Session {
  /** Safe as a word of a command line: letters, digits, underscores and dashes, of which none comes first. */
  readonly id: string;
  readonly name?: string;
  /** How its first prompt begins, on one line; longer than what is shown of it. */
  readonly firstWords: string;
  /** Milliseconds since the epoch. */
  readonly lastUsed: number;
  /** How many prompts it has had. `atLeast`: it is too long to be counted. */
  readonly turns?: { readonly count: number; readonly atLeast: boolean };
}

/** A piece of what was said and done in a session. */
export type TranscriptEntry =
  | { readonly kind: "prompt" | "answer"; readonly text: string }
  /** `summary` is one line, as in `tool-start`. */
  | { readonly kind: "tool"; readonly name: string; readonly summary: string };

/** The sessions of an agent, also those that a person began at the desk. Only those of the folder are ever given. */
export interface Sessions {
  /**
   * A part of the list, the latest first, without those that no prompt was given to.
   * @param from how many of the list to leave out.
   * @throws Error fit for the chat when the agent cannot be asked.
   */
  list(cwd: string, from: number, count: number): Promise<readonly Session[]>;
  /**
   * Those whose ids begin like this, a few at most: one, when it is enough to tell which one is meant.
   * @throws as `list`.
   */
  find(cwd: string, beginning: string): Promise<readonly Session[]>;
  /**
   * Gives a session a name that the agent itself shows, too.
   * @throws Error fit for the chat when it does not take it.
   */
  rename(cwd: string, id: string, name: string): Promise<void>;
  /**
   * Tells all that was said and done in a session, in order. Without what subagents did.
   * @throws as `list`, and when there is no such session.
   */
  transcript(cwd: string, id: string, onEntry: (entry: TranscriptEntry) => void): Promise<void>;
}
