import type { PermissionMode, Sandbox } from "../agents/agent.ts";

/** How jobs are run, as the settings want it. */
export interface JobSettings {
  readonly permissions: PermissionMode;
  readonly model: string | undefined;
  readonly effort?: string | undefined;
  readonly sandbox?: Sandbox | undefined;
  /** What the agent may always do, in its own notation. */
  readonly rules?: readonly string[];
  /** Milliseconds; undefined for no limit. */
  readonly timeoutMs: number | undefined;
  /** Milliseconds without a sign of life until the chat is told; undefined for never. */
  readonly stallMs: number | undefined;
}

/** How jobs are run, and how many at a time. */
export interface DeskSettings extends JobSettings {
  readonly parallel: number;
  /** How long an agent's process may wait for the next prompt of its session, in milliseconds; undefined: not at all. */
  readonly keepWarmMs?: number | undefined;
  /** What may be spent on a day, in US dollars; undefined for as much as it takes. */
  readonly budgetUsd?: number | undefined;
}
