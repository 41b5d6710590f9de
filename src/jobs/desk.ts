import { randomBytes } from "node:crypto";
import type { Agent } from "../agents/agent.ts";
import type { Role } from "../chat/access.ts";
import type { Config } from "../config.ts";
import type { Author, Job, OpenJob } from "./job.ts";
import { type JobContext, JobRun } from "./job-run.ts";
import { JobQueue } from "./queue.ts";

export interface DeskOptions extends JobContext {
  readonly config: Pick<Config, "permissions" | "model">;
}

/** Somebody who asks for something, and what he may do. */
export interface Person extends Author {
  readonly role: Role;
}

/** What can be done about a job that a crash has interrupted. */
export type Remedy = "resume" | "again" | "drop";

/** What the agent is told when its session goes on. */
const CONTINUE = "You were cut off. Continue where you were cut off.";

export type JobDraft = Omit<Job, "id" | "number" | "queuedAt">;

/** Everything that can be done with jobs, whoever asks: the chat, the terminal, a program. */
export class Desk {
  readonly agent: Agent;
  readonly startedAt: number;
  readonly #options: DeskOptions;
  readonly #queue: JobQueue<JobRun>;
  /** By chat, the last answer on its way: the next one comes after it. */
  readonly #deliveries = new Map<number, Promise<void>>();
  readonly #settling = new Set<string>();
  #onLeave: (job: Job, how: "started" | "removed") => void = () => {};

  constructor(options: DeskOptions) {
    this.agent = options.agent;
    this.startedAt = options.clock.now();
    this.#options = options;
    this.#queue = new JobQueue((job) => this.#start(job));
  }

  /** The job that is being worked on. One whose answer is there is over, even if its processes take a moment to end. */
  get running(): JobRun | undefined {
    const { running } = this.#queue;
    return running?.view.ending ? undefined : running;
  }

  get waiting(): readonly Job[] {
    return this.#queue.waiting;
  }

  get sessionId(): string | undefined {
    return this.#options.store.session(this.agent.name);
  }

  get lastJob(): Job | undefined {
    return this.#options.store.lastJob;
  }

  /** Calls back whenever a job leaves the queue: to run, or for good. */
  onLeave(callback: (job: Job, how: "started" | "removed") => void): void {
    this.#onLeave = callback;
  }

  /**
   * Writes a prompt down and puts it at the end of the queue.
   * @returns the job and how many are before it; 0 when it runs.
   * @throws the file system's error when it cannot be written; then it is not queued.
   */
  async add(draft: JobDraft): Promise<{ job: Job; before: number }> {
    const { store, clock } = this.#options;
    const number = store.nextNumber();
    const job: Job = {
      ...draft,
      id: `${number}-${randomBytes(4).toString("hex")}`,
      number,
      queuedAt: clock.now(),
    };
    const written = store.record({ k: "queued", job });
    // At once: when it starts right away, both facts share one write to the disk.
    this.#queue.add(job);
    try {
      await written;
    } catch (error) {
      // One that has started tells the chat itself that it cannot run.
      if (this.#queue.remove(job.id)) this.#forget(job);
      else return { job, before: 0 };
      throw error;
    }
    // By now the running one may have ended.
    const position = this.waiting.findIndex(({ id }) => id === job.id);
    return { job, before: position < 0 ? 0 : position + (this.running ? 1 : 0) };
  }

  /** Puts a job of an earlier life back into the queue. */
  restore(job: Job): void {
    this.#queue.add(job);
  }

  /** Follows an edited message: the changed job, `late` when it runs already, undefined when it belongs to none. */
  edit(chatId: number, messageId: number, text: string): Job | "late" | undefined {
    const isPart = (job: Job): boolean =>
      job.place.chatId === chatId && job.parts.some((part) => part.messageId === messageId);
    const job = this.waiting.find(isPart);
    if (!job) return this.running && isPart(this.running.job) ? "late" : undefined;
    const parts = job.parts.map((part) => (part.messageId === messageId ? { messageId, text } : part));
    const changed = { ...job, parts };
    return this.#change(changed) ? changed : "late";
  }

  /** Adds to a waiting job what came too late to be part of it. False when it does not wait any longer. */
  extend(id: string, extra: Pick<Job, "parts" | "files" | "updates">): boolean {
    const job = this.waiting.find((each) => each.id === id);
    if (!job) return false;
    return this.#change({
      ...job,
      parts: [...job.parts, ...extra.parts],
      files: [...job.files, ...extra.files],
      updates: [...job.updates, ...extra.updates],
    });
  }

  /** Takes a waiting job out of the queue. */
  remove(id: string, person: Person): Job | "not-yours" | undefined {
    const job = this.waiting.find((each) => each.id === id);
    if (!job) return undefined;
    if (!mayStop(person, job)) return "not-yours";
    this.#queue.remove(id);
    this.#forget(job);
    this.#onLeave(job, "removed");
    return job;
  }

  /** Stops the running job. Answers at once; the stopping itself may take a few seconds. */
  cancel(person: Person, id = this.running?.job.id): "stopping" | "not-yours" | "not-running" {
    const { running } = this;
    if (!running || running.job.id !== id) return "not-running";
    if (!mayStop(person, running.job)) return "not-yours";
    void running.cancel(person.name);
    return "stopping";
  }

  /** The next prompt starts a fresh session. */
  async newSession(): Promise<void> {
    this.running?.leaveSession();
    await this.#options.store.record({ k: "session", agent: this.agent.name, sessionId: null });
  }

  /** A job that was cut off by a crash and waits for somebody's decision. */
  interrupted(id: string): OpenJob | undefined {
    const open = this.#options.store.job(id);
    return open?.status === "interrupted" && !this.#settling.has(id) ? open : undefined;
  }

  /** Ends an interrupted job for good: its session goes on, its prompt is queued again, or nothing is done. */
  async settleInterrupted({ job }: OpenJob, how: Remedy): Promise<void> {
    // Two taps are one decision.
    this.#settling.add(job.id);
    const last = job.parts.at(-1)?.messageId ?? 0;
    const parts = how === "resume" ? [{ messageId: last, text: CONTINUE }] : job.parts;
    const files = how === "resume" ? [] : job.files;
    try {
      // In one write with the new job: a crash in between would run the prompt twice.
      const added = how === "drop" ? undefined : this.add({ ...job, parts, files, updates: [] });
      this.#options.store.note({ k: "ended", id: job.id, outcome: "dropped", at: this.#options.clock.now() });
      await added;
    } finally {
      this.#settling.delete(job.id);
    }
  }

  /** Starts nothing more, stops what runs, and waits until its processes are gone. */
  async stop(): Promise<void> {
    this.#queue.stop();
    // Also one whose answer is there already: its processes may take their time.
    await this.#queue.running?.interrupt();
    await this.#queue.running?.finished;
  }

  /** Resolves when nothing runs or waits any more. */
  async idle(): Promise<void> {
    while (this.#queue.running) await this.#queue.running.finished;
  }

  /** Resolves when all answers so far are in the chat. */
  async delivered(): Promise<void> {
    while (this.#deliveries.size > 0) await Promise.all(this.#deliveries.values());
  }

  /** An answer is on its way into a chat. Never rejects. */
  delivers(chatId: number, delivery: Promise<void>): void {
    const before = this.#deliveries.get(chatId) ?? Promise.resolve();
    const all = Promise.all([before, delivery]).then(() => {
      if (this.#deliveries.get(chatId) === all) this.#deliveries.delete(chatId);
    });
    this.#deliveries.set(chatId, all);
  }

  #start(job: Job): JobRun {
    const { config, ...rest } = this.#options;
    this.#onLeave(job, "started");
    const { chatId } = job.place;
    const run = new JobRun(job, {
      ...rest,
      after: this.#deliveries.get(chatId) ?? Promise.resolve(),
      mode: config.permissions,
      model: config.model,
      reply: job.place.chatId < 0 || this.#options.clock.now() - job.queuedAt > 2_000,
    });
    this.delivers(chatId, run.delivered);
    return run;
  }

  #forget({ id }: Job): void {
    this.#options.store.note({ k: "ended", id, outcome: "removed", at: this.#options.clock.now() });
  }

  #change(job: Job): boolean {
    if (!this.#queue.replace(job)) return false;
    const { id, parts, files, updates } = job;
    this.#options.store.note({ k: "changed", id, parts, files, updates });
    return true;
  }
}

/** Owners may stop anything, others what they asked for themselves. */
export function mayStop(person: Person, job: Job): boolean {
  return person.role === "owner" || person.id === job.author.id;
}
