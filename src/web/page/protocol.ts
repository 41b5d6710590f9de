/** What the server says. */

export type Role = "owner" | "writer" | "reader";

export interface SessionRow {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly state: "running" | "ended";
  readonly exit: {
    readonly code: number | null;
    readonly reason: string | null;
    readonly lost: boolean;
  } | null;
  readonly title: string;
  readonly columns: number;
  readonly rows: number;
  readonly viewers: number;
  /** Milliseconds since the epoch. */
  readonly lastOutput: number;
  readonly lastInput: number;
}

/** A job that waits for somebody's decision. */
export interface Case {
  readonly id: string;
  readonly title: string;
  readonly by: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly why: string;
  /** What can be done about it, the likeliest first. */
  readonly how: readonly string[];
}

/** A job that is over. */
export interface Past {
  readonly id: string;
  readonly title: string;
  readonly by: string;
  readonly outcome: string;
  readonly startedAt?: number;
  readonly endedAt: number;
}

export interface Overview {
  readonly sessions: readonly SessionRow[];
  readonly job: { readonly title: string; readonly since: number; readonly doing: string } | null;
  readonly queue: readonly { readonly title: string; readonly by: string }[];
  readonly cases: readonly Case[];
  /** The latest first. */
  readonly recent: readonly Past[];
  /** Where terminals can be opened: `host`, `ssh:NAME`, `docker:NAME`. */
  readonly hosts: readonly string[];
}

export interface Ended {
  readonly code: number | null;
  readonly reason: string | null;
  readonly lost: boolean;
}

export type ServerMessage =
  | {
      readonly type: "attached";
      readonly session: string;
      readonly position: number;
      readonly columns: number;
      readonly rows: number;
      readonly role: Role;
      readonly viewers: number;
    }
  | {
      readonly type: "snapshot";
      readonly position: number;
      readonly columns: number;
      readonly rows: number;
    }
  | { readonly type: "size"; readonly columns: number; readonly rows: number }
  | { readonly type: "viewers"; readonly count: number }
  | ({ readonly type: "ended" } & Ended)
  | { readonly type: "error"; readonly code: string; readonly message: string }
  | ({ readonly type: "list" } & Overview);
