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
  /** The folder, on this machine, of the program in front; undefined where it is not known. Never rejects. */
  cwd?(): Promise<string | undefined>;
  /** Lets it go on without the bridge, to be found again by the next one. Missing where it ends with the bridge. */
  leave?(): Promise<void>;
  /**
   * The text of its screens and of what is remembered above, as the next bridge would find it. Missing where it ends with
   * the bridge. @throws Error when it is gone.
   */
  kept?(): Promise<string>;
  /** Resolves after the last output. Never rejects. */
  readonly exited: Promise<PtyExit>;
}

/** Where a terminal lives on when the bridge ends. */
export interface Keep {
  /** Opens a terminal on this machine that outlives the bridge. @throws BackendError */
  readonly openPty: (request: PtyRequest) => Promise<Pty>;
  /** Absolute, of the session's own, and removed at its end: for what the next life of the bridge has to know. */
  readonly folder: string;
}

/** What an earlier life of the bridge has left of a terminal that was kept. */
export interface LeftTerminal {
  /** As `Keep.openPty` has given it; it may have ended. */
  readonly pty: Pty;
  readonly mark: string;
  readonly folder: string;
  /** What is shown last, once it has ended. */
  readonly lastLine: () => Promise<string>;
}

/** Where terminals run. */
export interface Backend {
  readonly name: "host" | "ssh" | "docker" | "kubectl";
  /** @param keep Without it the terminal ends with the bridge. @throws BackendError, fit for the chat. */
  open(request: PtyRequest, keep?: Keep): Promise<Pty>;
  /** Whether it can be kept. */
  canKeep(): Promise<boolean>;
  /** Makes of what was left what `open` has given. */
  takeOver(left: LeftTerminal): Pty;
}

/** Why a terminal cannot be opened, and what to do about it. */
export class BackendError extends Error {
  override readonly name = "BackendError";
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }

  /** Both, as one text for people. */
  get words(): string {
    return [this.message, this.hint].filter(Boolean).join(" ");
  }
}
