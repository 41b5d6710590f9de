import type { Agents } from "../agents/choose.ts";
import type { Place } from "../chat/messenger.ts";
import type { Firing } from "../schedules/schedule.ts";
import { Budget } from "./budget.ts";
import { Conversations } from "./conversations.ts";
import { Deliveries } from "./deliveries.ts";
import { type Hurried, type HurryOptions, hurry, steer } from "./hurry.ts";
import type { Job, JobDraft } from "./job.ts";
import type { JobContext } from "./job-context.ts";
import type { JobRun } from "./job-run.ts";
import { OpenCases } from "./open-cases.ts";
import { mayStop, type Person } from "./person.ts";
import { JobQueue, jobsBefore } from "./queue.ts";
import type { Residents } from "./residents.ts";
import { RunningJobs } from "./running-jobs.ts";
import type { DeskSettings } from "./settings.ts";
import { ShellCommands, type ShellCommandsOptions } from "./shell-commands.ts";
import { type OnLeave, WaitingJobs } from "./waiting-jobs.ts";

export interface DeskOptions extends Omit<JobContext, "conversations"> {
  readonly agents: Agents;
  readonly settings: DeskSettings;
  readonly shellFault: ShellCommandsOptions["shellFault"];
}

/** Everything that can be done with jobs, whoever asks: the chat, the terminal, a program. */
export class Desk {
  readonly startedAt: number;
  readonly cases: OpenCases;
  readonly budget: Budget;
  readonly deliveries = new Deliveries();
  readonly conversations: Conversations;
  readonly residents: Residents;
  readonly shell: ShellCommands;
  readonly #options: DeskOptions;
  readonly #queue: JobQueue<JobRun>;
  readonly #waiting: WaitingJobs;
  readonly #running: RunningJobs;
  readonly #hurrying: HurryOptions;
  #parallel: number;
  #keepWarmMs: number;
  #onLeave: OnLeave = () => {};

  constructor(options: DeskOptions) {
    const { store, clock, agents, settings } = options;
    this.#options = options;
    this.startedAt = clock.now();
    this.#parallel = settings.parallel;
    this.#keepWarmMs = settings.keepWarmMs ?? 0;
    this.conversations = new Conversations(store, agents, settings);
    this.shell = new ShellCommands({ ...options, conversations: this.conversations });
    this.budget = new Budget(store, clock, settings.budgetUsd);
    this.cases = new OpenCases({ store, clock, add: (draft, replaces) => this.add(draft, replaces) });
    this.#queue = new JobQueue({
      start: (job) => this.#start(job),
      admits: (job) => this.#admits(job),
      parallel: () => this.#parallel,
    });
    const { conversations, shell, cases, deliveries } = this;
    const queue = this.#queue;
    const onLeave: OnLeave = (...left) => this.#left(...left);
    const onReplace = (job: Job, replaces: string): void => this.budget.replaced(job, replaces);
    const warmMs = (): number => this.#keepWarmMs;
    this.#waiting = new WaitingJobs({ ...options, queue, shell, onLeave, onReplace });
    const isOverBudget: HurryOptions["isOverBudget"] = (job) => this.#isOverBudget(job);
    this.#running = new RunningJobs({
      ...{ ...options, conversations, queue, shell, cases, deliveries },
      ...{ warmMs, isOverBudget },
    });
    this.residents = this.#running.residents;
    this.#hurrying = {
      ...options,
      waiting: this.#waiting,
      running: this.#running,
      queue,
      onLeave,
      isOverBudget,
    };
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

  /** A chat has another id from now on: all that belongs to it goes along. What runs is told there by the server. */
  moveChat(from: number, to: number): void {
    this.conversations.moveChat(from, to);
    this.residents.moveChat(from, to);
    this.shell.moveChat(from, to);
    this.#queue.moveChat(from, to);
  }

  /** The jobs that are being worked on. One whose answer is there is over, even if its processes take a moment to end. */
  get runs(): readonly JobRun[] {
    return this.#running.all;
  }

  /** Whether nothing works in the folder, not even the last processes of a job whose answer is there. */
  get isFree(): boolean {
    return this.#running.isFree;
  }

  /** The turn of the agent of a conversation. */
  runIn(place: Place): JobRun | undefined {
    return this.#running.turnIn(place);
  }

  /** All that runs in a conversation: the agent's turn, and a command beside it. */
  runsIn(place: Place): readonly JobRun[] {
    return this.#running.in(place);
  }

  /** What a waiting job waits for first of all. */
  runBefore(job: Job): JobRun | undefined {
    return this.#running.before(job);
  }

  /** The one that was started last, which may be over. */
  get latestRun(): JobRun | undefined {
    return this.#running.latest;
  }

  run(id: string): JobRun | undefined {
    return this.#running.get(id);
  }

  get waiting(): readonly Job[] {
    return this.#waiting.all;
  }

  get lastJob(): Job | undefined {
    return this.#options.store.lastJob;
  }

  /** Those that run or wait, and those that are on their way into their chats. */
  get jobsAtHand(): readonly Job[] {
    const open = this.#options.store.openJobs;
    return open.filter(({ status }) => status !== "interrupted").map(({ job }) => job);
  }

  /** Calls back whenever a job leaves the queue. */
  onLeave(callback: OnLeave): void {
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
    const job = await this.#waiting.add(draft, replaces, fired);
    // By now the running one may have ended.
    const { waiting } = this;
    const running = this.runs.map((run) => run.job);
    return { job, before: jobsBefore(job, { waiting, running, parallel: this.#parallel }) };
  }

  /** Writes a prompt down without queueing it: the chat is to decide about it. */
  setAside(draft: JobDraft): Promise<Job> {
    return this.#waiting.setAside(draft);
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
    return this.#waiting.edit(chatId, messageId, text);
  }

  /** Adds to a waiting job what came too late to be part of it. False when it does not wait any longer. */
  extend(id: string, extra: Pick<Job, "parts" | "files" | "updates">): boolean {
    return this.#waiting.extend(id, extra);
  }

  /** Takes a waiting job out of the queue. */
  remove(id: string, person: Person): Job | "not-yours" | undefined {
    return this.#waiting.remove(id, person);
  }

  /** Takes a waiting job of somebody who is not allowed any more out of the queue. */
  drop(job: Job): void {
    this.#waiting.drop(job);
  }

  /** As the function of that name. */
  steer(id: string, person: Person): Promise<Hurried> {
    return steer(id, person, this.#hurrying);
  }

  /** As the function of that name. */
  hurry(id: string, person: Person): Hurried {
    return hurry(id, person, this.#hurrying);
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
    for (const run of this.runsIn(place)) run.leaveSession(agent);
    if (agent === "shell") this.shell.leave(place);
    await this.conversations.leaveSession(place, agent, name);
  }

  /** The next prompt that this agent gets in a conversation goes on with that session of it. */
  async switchSession(place: Place, agent: string, sessionId: string): Promise<void> {
    for (const run of this.runsIn(place)) run.leaveSession(agent);
    await this.conversations.switchSession(place, agent, sessionId);
  }

  /** Resolves when the agent of a conversation has written down what it has answered, which may be a moment later. */
  writtenDown(place: Place): Promise<void> {
    return this.#running.writtenDown(place);
  }

  /** Starts nothing more, stops what runs, and waits until its processes are gone. */
  stop(): Promise<void> {
    return this.#running.stop();
  }

  /** Resolves when nothing runs or waits any more. */
  idle(): Promise<void> {
    return this.#running.idle();
  }

  #start(job: Job): JobRun {
    this.#left(job, "started");
    return this.#running.start(job);
  }

  readonly #left: OnLeave = (job, how, by) => {
    if (how !== "held") this.budget.left(job, how);
    this.#onLeave(job, how, by);
  };

  #admits(job: Job): boolean {
    if (!this.#isOverBudget(job)) return true;
    this.#left(job, "held");
    this.budget.hold(job);
    return false;
  }

  /** A shell costs nothing. */
  #isOverBudget({ place, shell }: Pick<Job, "place" | "shell">): boolean {
    return this.budget.isReached && !shell && this.conversations.agent(place).output !== "raw";
  }
}
