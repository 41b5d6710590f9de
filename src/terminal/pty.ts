/** What every kind of terminal has in common: this machine's, one over SSH, one in a container. */

/** How a terminal's program is started. */
export interface PtyRequest {
  /** The program and its arguments; empty: the user's shell, or that of the machine or container. */
  readonly command: readonly string[];
  /** Absolute; for a backend that is not this machine it may mean nothing. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly columns: number;
  readonly rows: number;
  /** Names what it started, as `NANOGENT_JOB` does for jobs, so that nothing is left behind. */
  readonly mark: string;
  /** Gets the output as it comes, in order. */
  readonly onData: (chunk: Buffer) => void;
}

/** How it ended. `reason` is a sentence for the chat, and there when it did not end by itself. */
export interface PtyExit {
  readonly code: number | undefined;
  readonly signal?: string;
  readonly reason?: string;
  /** The connection was lost, so that it makes sense to connect again. */
  readonly lost?: true;
}

/** A running program with a terminal of its own. */
export interface Pty {
  /** The process to look for after a crash; undefined when it runs elsewhere. */
  readonly pid: number | undefined;
  /** A process in the terminal, where `pid` is none and there is one on this machine. */
  programPid?(): Promise<number | undefined>;
  /** Resolves when it is handed over, in the order of the calls. Rejects when the program has ended. */
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves when the program has been told. Never rejects. */
  resize(columns: number, rows: number): Promise<void>;
  /** Ends it and all that it started, by deadlines. Resolves when that is gone. Never rejects. */
  kill(): Promise<void>;
  /** Reads no more of its output for now, which holds the program up. Missing where that cannot be done. */
  pause?(): void;
  resume?(): void;
  /** What a program asks its terminal (where is the cursor, which kind are you) is answered there already. */
  readonly answersQueries?: true;
  /** Lets it go on without the bridge, to be found again by the next one. Missing where it ends with the bridge. */
  leave?(): Promise<void>;
  /** Resolves after the last output. Never rejects. */
  readonly exited: Promise<PtyExit>;
}

/** Where terminals run. */
export interface Backend {
  readonly name: "host" | "ssh" | "docker" | "kubectl";
  /** @throws BackendError, fit for the chat. */
  open(request: PtyRequest): Promise<Pty>;
}

/** Why a terminal cannot be opened, and what to do about it. */
export class BackendError extends Error {
  override readonly name = "BackendError";
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}
