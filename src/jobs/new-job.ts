import { randomBytes } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { Store } from "../store.ts";
import type { Job, JobDraft } from "./job.ts";
import type { ShellCommands } from "./shell-commands.ts";

export interface NewJobOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly shell: ShellCommands;
}

/** Makes a job of a prompt: with the next number, and an id that no other one has. */
export function newJob(draft: JobDraft, { store, clock, shell }: NewJobOptions): Job {
  const number = store.nextNumber();
  const id = `${number}-${randomBytes(4).toString("hex")}`;
  // Its text counts, which may have changed since it was queued for the first time.
  const { shell: _, ...rest } = draft;
  const beside = shell.isBeside(draft) ? { shell: true as const } : {};
  return { ...rest, ...beside, id, number, queuedAt: clock.now() };
}
