import type { Messenger } from "../chat/messenger.ts";
import type { Log } from "../log.ts";
import type { Firing } from "../schedules/schedule.ts";
import { edited, isMadeOf, type Job, type JobDraft } from "./job.ts";
import type { JobRun } from "./job-run.ts";
import { type NewJobOptions, newJob } from "./new-job.ts";
import { mayStop, type Person } from "./person.ts";
import type { JobQueue } from "./queue.ts";
import { showEnd, showReceived } from "./reactions.ts";

/** How a job leaves the queue. `held`: the chat is to decide about it. */
export type Leave = "started" | "removed" | "steered" | "held";

/** Told whenever a job leaves the queue: to run, or for good; and by whose wish, when it was somebody's. */
export type OnLeave = (job: Job, how: Leave, by?: Person) => void;

export interface WaitingJobsOptions extends NewJobOptions {
  readonly queue: JobQueue<JobRun>;
  readonly messenger: Messenger;
  readonly log: Log;
  readonly onLeave: OnLeave;
  /** Told of a job that takes the place of an older one, before it can leave the queue. */
  readonly onReplace: (job: Job, replaces: string) => void;
}

/** What waits in the queue, as the journal has it too: how it gets there, changes there and leaves again. */
export class WaitingJobs {
  readonly #options: WaitingJobsOptions;

  constructor(options: WaitingJobsOptions) {
    this.#options = options;
  }

  get all(): readonly Job[] {
    return this.#options.queue.waiting;
  }

  get(id: string): Job | undefined {
    return this.all.find((each) => each.id === id);
  }

  /** As `Desk.add`. */
  async add(draft: JobDraft, replaces?: string, fired?: Firing): Promise<Job> {
    const { store, queue, messenger } = this.#options;
    const job = newJob(draft, this.#options);
    const written = store.record({
      k: "queued",
      job,
      ...(replaces === undefined ? {} : { replaces }),
      ...(fired ? { fired } : {}),
    });
    if (replaces !== undefined) this.#options.onReplace(job, replaces);
    // At once: when it starts right away, both facts share one write to the disk.
    queue.add(job);
    await written;
    showReceived(job, messenger);
    return job;
  }

  /** As `Desk.setAside`. */
  async setAside(draft: JobDraft): Promise<Job> {
    const job = newJob(draft, this.#options);
    await this.#options.store.record({ k: "queued", job, held: true });
    return job;
  }

  /** As `Desk.edit`. */
  edit(chatId: number, messageId: number, text: string): Job | "late" | "other" | undefined {
    const follow = (job: Job): Job | undefined => edited(job, chatId, messageId, text);
    const [changed] = this.all.flatMap((job) => follow(job) ?? []);
    if (!changed) return this.#isTold(chatId, messageId) ? "late" : undefined;
    if (this.#options.shell.isBeside(changed) !== (changed.shell ?? false)) return "other";
    return this.#change(changed) ? changed : "late";
  }

  /** As `Desk.extend`. */
  extend(id: string, extra: Pick<Job, "parts" | "files" | "updates">): boolean {
    const job = this.get(id);
    if (!job) return false;
    return this.#change({
      ...job,
      parts: [...job.parts, ...extra.parts],
      files: [...job.files, ...extra.files],
      updates: [...job.updates, ...extra.updates],
    });
  }

  /** As `Desk.remove`. */
  remove(id: string, person: Person): Job | "not-yours" | undefined {
    const job = this.get(id);
    if (!job) return undefined;
    if (!mayStop(person, job)) return "not-yours";
    this.#options.queue.remove(id);
    this.#forget(job);
    this.#options.onLeave(job, "removed", person);
    return job;
  }

  /** As `Desk.drop`. */
  drop(job: Job): void {
    const { queue, log, onLeave } = this.#options;
    if (!queue.remove(job.id)) return;
    log.warn("prompt of somebody who is no longer allowed was dropped", { job: job.id });
    this.#forget(job);
    onLeave(job, "removed");
  }

  /** Whether an agent has been told that message: as a prompt, as a part of the turn that it joined, or before it was cut off. */
  #isTold(chatId: number, messageId: number): boolean {
    const told = this.#options.store.openJobs.filter(
      ({ status, job }) => status === "started" || (status === "queued" && job.resumes !== undefined),
    );
    return told.some(({ job }) => isMadeOf(job, chatId, messageId));
  }

  #forget(job: Job): void {
    const { store, clock, messenger } = this.#options;
    showEnd(job, "removed", messenger);
    store.note({ k: "ended", id: job.id, outcome: "removed", at: clock.now() });
  }

  #change(job: Job): boolean {
    if (!this.#options.queue.replace(job)) return false;
    const { id, parts, files, updates } = job;
    this.#options.store.note({ k: "changed", id, parts, files, updates });
    return true;
  }
}
