import type { Settled } from "../chat/presses/settle.ts";
import type { FileRules } from "../files/outgoing-file.ts";
import type { PastJob } from "../jobs/job.ts";
import type { SessionDriver } from "../terminal/input/driver.ts";
import type { TerminalSession } from "../terminal/session.ts";
import type { Roles, Visitor } from "./roles.ts";

/** What the page shows and drives, whoever keeps it. */
export interface WebNeeds {
  readonly sessions: WebSessions;
  readonly bridge: () => BridgeView;
  /** The agent's side of the bridge, as it is now. */
  status(): WebStatus;
  /** Those that run, then those that wait. */
  jobs(): readonly WebJob[];
  /** Stops or removes the job of that id or number. */
  cancelJob(key: string, visitor: Visitor): Promise<"stopping" | "removed" | "not-yours" | "no-job">;
  /** Stops the running job, if the visitor may do that. */
  stopJob(visitor: Visitor): Promise<"stopped" | "nothing-runs" | "not-yours">;
  /** Decides about a job that waits for that, by one of its `how`, if the visitor may do that. */
  continueJob(id: string, how: string, visitor: Visitor): Promise<Settled>;
  readonly roles: Roles;
  /** What may be downloaded. */
  fileRules(): FileRules;
}

export interface WebSessions {
  list(): readonly TerminalSession[];
  /** By its id, or by the name of one that is open. Exactly that one. */
  get(key: string): TerminalSession | undefined;
  /** @throws BackendError, fit for the page. */
  open(request: OpenRequest, visitor: Visitor): Promise<TerminalSession>;
  /**
   * Opens the same place and command once more as a session of its own. Asked again, it gives the one that goes on.
   * @throws BackendError, fit for the page.
   */
  reconnect(id: string, visitor: Visitor): Promise<TerminalSession | "running" | "unknown">;
  /** For programs, by its id or name; undefined when there is none. */
  drive(key: string): Promise<SessionDriver | undefined>;
  /** Resolves when its program is gone. One that has ended leaves the list. */
  close(id: string): Promise<void>;
  /** @throws BackendError when it cannot have that name. */
  rename(id: string, name: string): void;
  /** Where its files are. @throws BackendError, fit for the page, where none can be put or got. */
  folderOf(id: string): Promise<SessionFolder>;
  /** Where one can be opened: `host`, `ssh:NAME`, `docker:NAME`. Asked every second while somebody looks at the list. */
  hosts(): Promise<readonly string[]>;
  /** Calls back when one came, ended, or got another title, size or number of viewers. @returns what ends that. */
  onChange(listener: () => void): () => void;
}

/** The folder that a session works in. */
export type SessionFolder =
  /** On this machine: absolute. */
  | { readonly here: string }
  /** Elsewhere: puts a file of this machine there, and never over another one. @throws BackendError */
  | {
      readonly put: (
        path: string,
        name: string,
      ) => Promise<{ readonly folder: string; readonly name: string }>;
    };

export interface OpenRequest {
  /** `host` unless told. */
  readonly where?: string;
  /** A command line for the shell there; without one it is the shell. */
  readonly command?: string;
  readonly name?: string;
  /** Where it starts on this machine; the project's folder unless told. */
  readonly cwd?: string;
  readonly columns?: number;
  readonly rows?: number;
}

/** The bridge itself. */
export interface BridgeView {
  readonly version: string;
  /** The project's, absolute. */
  readonly folder: string;
  readonly pid: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** The page's address, the one for phones where there is one. */
  readonly page?: string;
}

export interface WebJob {
  readonly id: string;
  readonly number: number;
  readonly title: string;
  readonly by: string;
  readonly state: "running" | "waiting";
  /** Of that state; milliseconds since the epoch. */
  readonly since: number;
  readonly doing?: string;
}

export interface WebStatus {
  readonly job: {
    readonly title: string;
    /** Milliseconds since the epoch. */
    readonly since: number;
    readonly doing: string;
  } | null;
  readonly queue: readonly { readonly title: string; readonly by: string }[];
  /** What waits for somebody's decision, oldest first. */
  readonly cases: readonly WebCase[];
  /** What is over, the latest first; a few. */
  readonly recent: readonly PastJob[];
}

/** A job that waits for somebody's decision. */
export interface WebCase {
  readonly id: string;
  readonly title: string;
  readonly by: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** In a sentence. */
  readonly why: string;
  /** What can be done about it, the likeliest first. */
  readonly how: readonly string[];
}
