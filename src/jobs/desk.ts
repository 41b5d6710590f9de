import { randomBytes } from "node:crypto";
import type { Agent } from "../agents/agent.ts";
import type { Role } from "../chat/access.ts";
import type { Firing } from "../schedules/schedule.ts";
import { Deliveries } from "./deliveries.ts";
import { type Author, edited, type Job, type JobDraft } from "./job.ts";
import { type JobContext, JobRun, type JobSettings } from "./job-run.ts";
import { OpenCases } from "./open-cases.ts";
import { JobQueue } from "./queue.ts";

export interface DeskOptions extends JobContext {
  readonly agent: Agent;
  readonly settings: JobSettings;
}

/** Somebody who asks for something, and what he may do. */
export interface Person extends Author {
  readonly role: Role;
}

/** Everything that can be done with jobs, whoever asks: the chat, the terminal, a program. */
export class Desk {
  readonly startedAt: number;
  readonly cases: OpenCases;
  readonly deliveries = new Deliveries();
  #agent: Agent;
  #settings: JobSettings;
  readonly #options: DeskOptions;
  readonly #queue: JobQueue<JobRun>;
  #onLeave: (job: Job, how: "started" | "removed") => void = () => {};

  constructor(options: DeskOptions) {
    this.#agent = options.agent;
    this.#settings = options.settings;
    this.startedAt = options.clock.now();
    this.#options = options;
    const { store, clock } = options;
    this.cases = new OpenCases({ store, clock, add: (draft, replaces) => this.add(draft, replaces) });
    this.#queue = new JobQueue((job) => this.#start(job));
  }

  /** What answers prompts from now on. */
  get agent(): Agent {
    return this.#agent;
  }

  get settings(): JobSettings {
    return this.#settings;
  }

  /** Takes over other settings; what runs already goes on with those that it has. */
  configure(agent: Agent, settings: JobSettings): void {
    this.#agent = agent;
    this.#settings = settings;
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
   * @param replaces The job that is over with that.
   * @param fired The schedule that it is a run of, as it stands from then on.
   * @returns the job and how many are before it; 0 when it runs.
   * @throws when the bridge goes down before it is written.
   */
  async add(draft: JobDraft, replaces?: string, fired?: Firing): Promise<{ job: Job; before: number }> {
    const { store } = this.#options;
    const job = this.#jobOf(draft);
    const written = store.record({
      k: "queued",
      job,
      ...(replaces === undefined ? {} : { replaces }),
      ...(fired ? { fired } : {}),
    });
    // At once: when it starts right away, both facts share one write to the disk.
    this.#queue.add(job);
    await written;
    // By now the running one may have ended.
    const position = this.waiting.findIndex(({ id }) => id === job.id);
    return { job, before: position < 0 ? 0 : position + (this.running ? 1 : 0) };
  }

  /** Writes a prompt down without queueing it: the chat is to decide about it. */
  async setAside(draft: JobDraft): Promise<Job> {
    const job = this.#jobOf(draft);
    await this.#options.store.record({ k: "queued", job, held: true });
    return job;
  }

  /** Puts a job of an earlier life back into the queue. */
  restore(job: Job): void {
    this.#queue.add(job);
  }

  /** Starts nothing until `release`. */
  hold(): void {
    this.#queue.hold();
  }

  release(): void {
    this.#queue.release();
  }

  /** Follows an edited message: the changed job, `late` when it runs already, undefined when it belongs to none. */
  edit(chatId: number, messageId: number, text: string): Job | "late" | undefined {
    const follow = (job: Job): Job | undefined => edited(job, chatId, messageId, text);
    const [changed] = this.waiting.flatMap((job) => follow(job) ?? []);
    if (!changed) return this.running && follow(this.running.job) ? "late" : undefined;
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

  /** Those that run or wait, and those that are on their way into their chats. */
  get jobsAtHand(): readonly Job[] {
    const open = this.#options.store.openJobs;
    return open.filter(({ status }) => status !== "interrupted").map(({ job }) => job);
  }

  /** Takes a waiting job of somebody who is not allowed any more out of the queue. */
  drop(job: Job): void {
    if (!this.#queue.remove(job.id)) return;
    this.#options.log.warn("prompt of somebody who is no longer allowed was dropped", { job: job.id });
    this.#forget(job);
    this.#onLeave(job, "removed");
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

  #start(job: Job): JobRun {
    this.#onLeave(job, "started");
    const { chatId } = job.place;
    const run = new JobRun(job, {
      ...this.#options,
      agent: this.#agent,
      settings: this.#settings,
      after: this.deliveries.before(chatId),
      onUndelivered: () => this.cases.undelivered(job.id),
      reply:
        job.schedule !== undefined ||
        job.place.chatId < 0 ||
        this.#options.clock.now() - job.queuedAt > 2_000,
    });
    this.deliveries.add(chatId, run.delivered);
    return run;
  }

  #jobOf(draft: JobDraft): Job {
    const number = this.#options.store.nextNumber();
    const id = `${number}-${randomBytes(4).toString("hex")}`;
    return { ...draft, id, number, queuedAt: this.#options.clock.now() };
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
