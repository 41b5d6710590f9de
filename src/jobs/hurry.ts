import type { Messenger } from "../chat/messenger.ts";
import type { Clock } from "../clock.ts";
import type { ProjectPaths } from "../project.ts";
import type { Store } from "../store.ts";
import { agentPrompt } from "./agent-prompt.ts";
import type { Job } from "./job.ts";
import type { JobRun } from "./job-run.ts";
import { mayStop, type Person } from "./person.ts";
import type { JobQueue } from "./queue.ts";
import { showEnd } from "./reactions.ts";
import type { RunningJobs } from "./running-jobs.ts";
import type { OnLeave, WaitingJobs } from "./waiting-jobs.ts";

export interface HurryOptions {
  readonly waiting: WaitingJobs;
  readonly running: RunningJobs;
  readonly queue: JobQueue<JobRun>;
  readonly store: Store;
  readonly clock: Clock;
  readonly paths: ProjectPaths;
  readonly messenger: Messenger;
  readonly isOverBudget: (job: Pick<Job, "place" | "shell">) => boolean;
  readonly onLeave: OnLeave;
}

/**
 * `not-taken`: the agent cannot be given anything now. `not-running`: there is nothing to give it to, or to hurry.
 * `over-budget`: it would not run.
 */
export type Hurried = "done" | "not-yours" | "not-running" | "not-taken" | "over-budget";

/**
 * Gives a waiting job to the turn that runs in the same conversation, which heeds it before it goes on. What cannot be
 * given stays in the queue.
 */
export async function steer(id: string, person: Person, options: HurryOptions): Promise<Hurried> {
  const { waiting, running, queue, store, clock, paths, messenger, onLeave } = options;
  const job = waiting.get(id);
  const run = job && running.turnIn(job.place);
  if (!job || !run) return "not-running";
  if (!mayStop(person, job) || !mayStop(person, run.job)) return "not-yours";
  if (job.shell) return "not-taken";
  queue.remove(id);
  // As if it had begun: after a crash somebody is asked about it, and it is not run a second time.
  await store.record({ k: "started", id });
  if (!(await run.steer(await agentPrompt(job, paths)))) {
    await store.record({ k: "requeued", id });
    queue.restore(job);
    return "not-taken";
  }
  // Whoever has the running job run again wants this too.
  const joined = store.job(run.job.id)?.job ?? run.job;
  store.note(
    {
      k: "changed",
      id: joined.id,
      parts: [...joined.parts, ...job.parts],
      files: [...joined.files, ...job.files],
      updates: [],
    },
    { k: "ended", id, outcome: "steered", at: clock.now() },
  );
  showEnd(job, "steered", messenger);
  onLeave(job, "steered", person);
  return "done";
}

/** Stops what a waiting job waits for, and runs that next. */
export function hurry(id: string, person: Person, options: HurryOptions): Hurried {
  const { waiting, running, queue, isOverBudget } = options;
  const job = waiting.get(id);
  if (!job) return "not-running";
  const run = running.before(job);
  if (!run) return "not-running";
  if (!mayStop(person, job) || !mayStop(person, run.job)) return "not-yours";
  // It would be stopped for nothing.
  if (isOverBudget(job)) return "over-budget";
  queue.moveToFront(id);
  void run.cancel(person.name);
  return "done";
}
