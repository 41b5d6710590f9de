import { randomBytes } from "node:crypto";
import type { Agent, OwnTurn, Resident } from "../agents/agent.ts";
import type { Agents } from "../agents/choose.ts";
import { type Place, samePlace } from "../chat/messenger.ts";
import type { Firing } from "../schedules/schedule.ts";
import { within } from "../within.ts";
import { agentPrompt } from "./agent-prompt.ts";
import { Budget } from "./budget.ts";
import { Conversations } from "./conversations.ts";
import { Deliveries } from "./deliveries.ts";
import { edited, isMadeOf, type Job, type JobDraft } from "./job.ts";
import { type JobContext, JobRun, type JobSettings } from "./job-run.ts";
import { OpenCases } from "./open-cases.ts";
import { ownTurn } from "./own-turn.ts";
import { mayStop, type Person } from "./person.ts";
import { JobQueue, laneOf } from "./queue.ts";
import { showEnd, showReceived } from "./reactions.ts";
import { Residents } from "./residents.ts";
import { ShellCommands, type ShellCommandsOptions } from "./shell-commands.ts";

export interface DeskOptions extends Omit<JobContext, "conversations"> {
  readonly agents: Agents;
  readonly settings: DeskSettings;
  readonly shellFault: ShellCommandsOptions["shellFault"];
}

/** How jobs are run, and how many at a time. */
export interface DeskSettings extends JobSettings {
  readonly parallel: number;
  /** How long an agent's process may wait for the next prompt of its session, in milliseconds; undefined: not at all. */
  readonly keepWarmMs?: number | undefined;
  /** What may be spent on a day, in US dollars; undefined for as much as it takes. */
  readonly budgetUsd?: number | undefined;
}

/** An agent that stays for other reasons has long written it down. */
const WRITING_MS = 3_000;

/** Everything that can be done with jobs, whoever asks: the chat, the terminal, a program. */
export class Desk {
  readonly startedAt: number;
  readonly cases: OpenCases;
  readonly budget: Budget;
  readonly deliveries = new Deliveries();
  readonly conversations: Conversations;
  readonly residents: Residents;
  readonly shell: ShellCommands;
  #parallel: number;
  #keepWarmMs: number;
  #isStopping = false;
  readonly #options: DeskOptions;
  readonly #queue: JobQueue<JobRun>;
  #latestRun: JobRun | undefined;
  #onLeave: (job: Job, how: Leave, by?: Person) => void = () => {};

  constructor(options: DeskOptions) {
    const { store, clock, agents, settings } = options;
    this.conversations = new Conversations(store, agents, settings);
    this.shell = new ShellCommands({ ...options, conversations: this.conversations });
    this.#parallel = settings.parallel;
    this.#keepWarmMs = settings.keepWarmMs ?? 0;
    this.residents = new Residents({
      store,
      warmMs: () => this.#keepWarmMs,
      onOwnTurn: (job, resident, why, begin) => this.#adopt(job, resident, why, begin),
    });
    this.budget = new Budget(store, clock, settings.budgetUsd);
    this.startedAt = clock.now();
    this.#options = options;
    this.cases = new OpenCases({ store, clock, add: (draft, replaces) => this.add(draft, replaces) });
    this.#queue = new JobQueue({
      start: (job) => this.#start(job),
      admits: (job) => this.#admits(job),
      parallel: () => this.#parallel,
    });
  }

  /** Takes over other settings; what runs already goes on with those that it has. */
  configure(agents: Agents, settings: DeskSettings): void {
    this.conversations.configure(agents, settings);
    this.#parallel = settings.parallel;
    this.#keepWarmMs = settings.keepWarmMs ?? 0;
    this.residents.endIdle();
    this.budget.configure(settings.budgetUsd);
    this.#queue.startMore();
  }

  /** The jobs that are being worked on. One whose answer is there is over, even if its processes take a moment to end. */
  get runs(): readonly JobRun[] {
    return this.#queue.running.filter(({ view }) => !view.ending);
  }

  /** Whether nothing works in the folder, not even the last processes of a job whose answer is there. */
  get isFree(): boolean {
    return this.#queue.running.length === 0;
  }

  /** The turn of the agent of a conversation. */
  runIn(place: Place): JobRun | undefined {
    return this.runsIn(place).find(({ job }) => !job.shell);
  }

  /** All that runs in a conversation: the agent's turn, and a command beside it. */
  runsIn(place: Place): readonly JobRun[] {
    return this.runs.filter(({ job }) => samePlace(job.place, place));
  }

  /** What a waiting job waits for first of all. */
  runBefore(job: Job): JobRun | undefined {
    return this.runs.find((run) => laneOf(run.job) === laneOf(job));
  }

  /** The one that was started last, which may be over. */
  get latestRun(): JobRun | undefined {
    return this.#latestRun;
  }

  run(id: string): JobRun | undefined {
    return this.runs.find(({ job }) => job.id === id);
  }

  get waiting(): readonly Job[] {
    return this.#queue.waiting;
  }

  get lastJob(): Job | undefined {
    return this.#options.store.lastJob;
  }

  /** Calls back whenever a job leaves the queue: to run, or for good; and by whose wish, when it was somebody's. */
  onLeave(callback: (job: Job, how: Leave, by?: Person) => void): void {
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
    showReceived(job, this.#options.messenger);
    // By now the running one may have ended.
    return { job, before: this.#before(job) };
  }

  /** How many jobs a waiting one waits for; 0 when it does not wait. */
  #before(job: Job): number {
    const position = this.waiting.findIndex(({ id }) => id === job.id);
    if (position < 0) return 0;
    // As long as more may run, it waits for its own lane only.
    const full = !job.shell && this.runs.filter((run) => !run.job.shell).length >= this.#parallel;
    const counts = (other: Job): boolean => (full && !other.shell) || laneOf(other) === laneOf(job);
    const running = this.runs.filter((run) => counts(run.job)).length;
    return this.waiting.slice(0, position).filter(counts).length + running;
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

  /**
   * Follows an edited message: the changed job, `late` when it runs already, `other` when a prompt would become a command
   * or the other way round, undefined when it belongs to none.
   */
  edit(chatId: number, messageId: number, text: string): Job | "late" | "other" | undefined {
    const follow = (job: Job): Job | undefined => edited(job, chatId, messageId, text);
    const [changed] = this.waiting.flatMap((job) => follow(job) ?? []);
    if (!changed) return this.#isTold(chatId, messageId) ? "late" : undefined;
    if (this.shell.isBeside(changed) !== (changed.shell ?? false)) return "other";
    return this.#change(changed) ? changed : "late";
  }

  /** Whether an agent has been told that message: as a prompt, as a part of the turn that it joined, or before it was cut off. */
  #isTold(chatId: number, messageId: number): boolean {
    const told = this.#options.store.openJobs.filter(
      ({ status, job }) => status === "started" || (status === "queued" && job.resumes !== undefined),
    );
    return told.some(({ job }) => isMadeOf(job, chatId, messageId));
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
    this.#onLeave(job, "removed", person);
    return job;
  }

  /** Stops a running job. Answers at once; the stopping itself may take a few seconds. */
  cancel(person: Person, run: JobRun | undefined): "stopping" | "not-yours" | "not-running" {
    if (!run || !this.runs.includes(run)) return "not-running";
    if (!mayStop(person, run.job)) return "not-yours";
    void run.cancel(person.name);
    return "stopping";
  }

  /** The next prompt of a conversation starts a fresh session, by that name when there is one. */
  async newSession(place: Place, name?: string): Promise<void> {
    const agent = this.conversations.agent(place).name;
    this.runIn(place)?.leaveSession(agent);
    if (agent === "shell") this.shell.leave(place);
    await this.conversations.leaveSession(place, agent, name);
  }

  /** Resolves when the agent of a conversation has written down what it has answered, which may be a moment later. */
  async writtenDown(place: Place): Promise<void> {
    const here = this.#queue.running.filter(({ job, view }) => view.ending && samePlace(job.place, place));
    await within(Promise.all(here.map((run) => run.finished)), WRITING_MS);
  }

  /** The next prompt that this agent gets in a conversation goes on with that session of it. */
  async switchSession(place: Place, agent: string, sessionId: string): Promise<void> {
    this.runIn(place)?.leaveSession(agent);
    await this.conversations.switchSession(place, agent, sessionId);
  }

  /**
   * Gives a waiting job to the turn that runs in the same conversation, which heeds it before it goes on. What cannot be
   * given stays in the queue.
   */
  async steer(id: string, person: Person): Promise<Hurried> {
    const job = this.waiting.find((each) => each.id === id);
    const run = job && this.runIn(job.place);
    if (!job || !run) return "not-running";
    if (!mayStop(person, job) || !mayStop(person, run.job)) return "not-yours";
    if (job.shell) return "not-taken";
    const { store, clock, paths } = this.#options;
    this.#queue.remove(id);
    // As if it had begun: after a crash somebody is asked about it, and it is not run a second time.
    await store.record({ k: "started", id });
    if (!(await run.steer(await agentPrompt(job, paths)))) {
      await store.record({ k: "requeued", id });
      this.#queue.restore(job);
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
    showEnd(job, "steered", this.#options.messenger);
    this.#onLeave(job, "steered", person);
    return "done";
  }

  /** Stops what a waiting job waits for, and runs that next. */
  hurry(id: string, person: Person): Hurried {
    const job = this.waiting.find((each) => each.id === id);
    if (!job) return "not-running";
    const run = this.runBefore(job);
    if (!run) return "not-running";
    if (!mayStop(person, job) || !mayStop(person, run.job)) return "not-yours";
    // It would be stopped for nothing.
    if (this.#isOverBudget(job)) return "over-budget";
    this.#queue.moveToFront(id);
    void run.cancel(person.name);
    return "done";
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
    this.#isStopping = true;
    const residents = this.residents.end();
    // Also one whose answer is there already: its processes may take their time.
    const { running } = this.#queue;
    await Promise.all(running.map((run) => run.interrupt()));
    await Promise.all(running.map((run) => run.finished));
    await residents;
  }

  /** Resolves when nothing runs or waits any more. */
  async idle(): Promise<void> {
    for (let { running } = this.#queue; running.length > 0; { running } = this.#queue) {
      await Promise.all(running.map((run) => run.finished));
    }
  }

  #admits(job: Job): boolean {
    if (!this.#isOverBudget(job)) return true;
    this.#onLeave(job, "held");
    this.budget.hold(job);
    return false;
  }

  /** A shell costs nothing. */
  #isOverBudget({ place, shell }: Job): boolean {
    return this.budget.isReached && !shell && this.conversations.agent(place).output !== "raw";
  }

  #start(job: Job): JobRun {
    this.#onLeave(job, "started");
    return this.#run(job, this.shell.agentFor(job));
  }

  /** The agent goes on by itself: that is a job like any other, but that it runs already. */
  #adopt({ place, author, parts }: Job, resident: Resident, why: string, begin: OwnTurn): void {
    const agent = this.conversations.agents.get(resident.agent);
    if (this.#isStopping || !agent) return void resident.end();
    const about = { messageId: parts.at(-1)?.messageId ?? 0, text: why };
    const draft = { place, author, parts: [about], files: [], updates: [], background: true } as const;
    const job = this.#jobOf(draft);
    this.#options.store.note({ k: "queued", job });
    const run = this.#run(job, ownTurn(agent, begin));
    // Another one may have been begun in the conversation meanwhile.
    run.leaveSession(agent.name);
    this.#queue.adopt(run);
  }

  #run(job: Job, agent: Agent): JobRun {
    const run = new JobRun(job, {
      ...this.#options,
      conversations: this.conversations,
      agent,
      settings: this.conversations.settings(job.place),
      stay: this.residents.stayOf(job),
      after: this.deliveries.before(job.place, job.shell),
      onUndelivered: () => this.cases.undelivered(job.id),
      reply:
        job.schedule !== undefined ||
        job.background === true ||
        job.place.chatId < 0 ||
        this.#options.clock.now() - job.queuedAt > 2_000,
    });
    this.#latestRun = run;
    this.deliveries.add(job.place, run.delivered, job.shell);
    return run;
  }

  #jobOf(draft: JobDraft): Job {
    const number = this.#options.store.nextNumber();
    const id = `${number}-${randomBytes(4).toString("hex")}`;
    // Its text counts, which may have changed since it was queued for the first time.
    const { shell: _, ...rest } = draft;
    const shell = this.shell.isBeside(draft) ? { shell: true as const } : {};
    return { ...rest, ...shell, id, number, queuedAt: this.#options.clock.now() };
  }

  #forget(job: Job): void {
    const { id } = job;
    showEnd(job, "removed", this.#options.messenger);
    this.#options.store.note({ k: "ended", id, outcome: "removed", at: this.#options.clock.now() });
  }

  #change(job: Job): boolean {
    if (!this.#queue.replace(job)) return false;
    const { id, parts, files, updates } = job;
    this.#options.store.note({ k: "changed", id, parts, files, updates });
    return true;
  }
}

/** How a job leaves the queue. `held`: the chat is to decide about it. */
export type Leave = "started" | "removed" | "steered" | "held";

/**
 * `not-taken`: the agent cannot be given anything now. `not-running`: there is nothing to give it to, or to hurry.
 * `over-budget`: it would not run.
 */
export type Hurried = "done" | "not-yours" | "not-running" | "not-taken" | "over-budget";
