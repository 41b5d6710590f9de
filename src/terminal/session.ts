import type { PtyExit } from "./pty.ts";

/** A terminal session, whoever looks at it: the page, the chat, the command line. */
export interface TerminalSession {
  /** `term-1`; never given twice in a project. */
  readonly id: string;
  /** Letters, digits, `.`, `_`, `-`; 64 at most; unique among those that are open. */
  readonly name: string;
  /** What runs where, for people: `bash`, `ssh:web vim`, `docker:db sh`. */
  readonly label: string;
  /** As it was asked for: `host`, `ssh:web`; and the command line, undefined for the shell there. */
  readonly where: string;
  readonly command: string | undefined;
  readonly createdAt: number;
  /** Undefined as long as it runs. */
  readonly exit: PtyExit | undefined;
  readonly columns: number;
  readonly rows: number;
  readonly title: string;
  /** Milliseconds since the epoch: the last output, and the last input. */
  readonly lastOutput: number;
  readonly lastInput: number;
  /** How many bytes the program has written so far. */
  readonly position: number;
  /** Types. All input of a session is one queue: what is given in one call stays together. */
  write(bytes: Uint8Array): Promise<void>;
  resize(columns: number, rows: number): Promise<void>;
  /** The exact screen, scrollback, modes, cursor and title as bytes for an empty terminal of the same size, at `position`. */
  snapshot(): Promise<{
    readonly bytes: Buffer;
    readonly position: number;
    readonly columns: number;
    readonly rows: number;
  }>;
  /** The output from a position on, as far as it is still remembered (256 KB); undefined when it is not. */
  since(position: number): Buffer | undefined;
  /** Live output from now on. @returns what ends it. */
  watch(viewer: Viewer): () => void;
  readonly viewers: number;
  /** Ends the program. Resolves when it is gone. */
  close(): Promise<void>;
}

export interface Viewer {
  /** `position` is where the chunk begins. */
  output(chunk: Buffer, position: number): void;
  resized(columns: number, rows: number): void;
  ended(exit: PtyExit): void;
}
