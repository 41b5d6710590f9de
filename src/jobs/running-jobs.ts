import type { Agent, OwnTurn, Resident } from "../agents/agent.ts";
import { type Place, samePlace } from "../chat/messenger.ts";
import { plain } from "../text/entities.ts";
import { within } from "../within.ts";
import type { Deliveries } from "./deliveries.ts";
import type { Job } from "./job.ts";
import type { JobContext } from "./job-context.ts";
import { sendJobFiles } from "./job-files.ts";
import { JobRun } from "./job-run.ts";
import { newJob } from "./new-job.ts";
import type { OpenCases } from "./open-cases.ts";
import { ownTurn } from "./own-turn.ts";
import { type JobQueue, laneOf } from "./queue.ts";
import { Residents } from "./residents.ts";
import type { ShellCommands } from "./shell-commands.ts";

export interface RunningJobsOptions extends JobContext {
  readonly queue: JobQueue<JobRun>;
  readonly shell: ShellCommands;
  readonly cases: OpenCases;
  readonly deliveries: Deliveries;
  /** How long an agent's process may wait for the next prompt of its session, in milliseconds; 0: not at all. */
  readonly warmMs: () => number;
  /** Whether the day's budget is reached for what would run there. */
  readonly isOverBudget: (job: Pick<Job, "place" | "shell">) => boolean;
}

/** An agent that stays for other reasons has long written it down. */
const WRITING_MS = 3_000;

/** What runs: the jobs that were queued, and the turns that agents begin by themselves. */
export class RunningJobs {
  readonly residents: Residents;
  readonly #options: RunningJobsOptions;
  #latest: JobRun | undefined;
  #isStopping = false;

  constructor(options: RunningJobsOptions) {
    this.#options = options;
    const { store, warmMs } = options;
    this.residents = new Residents({
      store,
      warmMs,
      onOwnTurn: (job, resident, why, begin) => this.#adopt(job, resident, why, begin),
      onGone: ({ resident: { mark }, job: { place } }) => void sendJobFiles({ id: mark, place }, options),
    });
  }

  /** Those that are being worked on. One whose answer is there is over, even if its processes take a moment to end. */
  get all(): readonly JobRun[] {
    return this.#options.queue.running.filter(({ view }) => !view.ending);
  }

  /** Whether nothing works in the folder, not even the last processes of a job whose answer is there. */
  get isFree(): boolean {
    return this.#options.queue.running.length === 0;
  }

  /** The one that was started last, which may be over. */
  get latest(): JobRun | undefined {
    return this.#latest;
  }

  get(id: string): JobRun | undefined {
    return this.all.find(({ job }) => job.id === id);
  }

  /** All that runs in a conversation: the agent's turn, and a command beside it. */
  in(place: Place): readonly JobRun[] {
    return this.all.filter(({ job }) => samePlace(job.place, place));
  }

  /** The turn of the agent of a conversation. One that the agent has begun by itself beside another comes last. */
  turnIn(place: Place): JobRun | undefined {
    return this.before({ place }) ?? this.in(place).find(({ job }) => !job.shell);
  }

  /** What a waiting job waits for first of all. */
  before(job: Pick<Job, "place" | "shell">): JobRun | undefined {
    const run = this.#options.queue.inLane(laneOf(job));
    return run?.view.ending ? undefined : run;
  }

  /** Starts a job whose turn has come. */
  start(job: Job): JobRun {
    return this.#run(job, this.#options.shell.agentFor(job));
  }

  /** Resolves when the agent of a conversation has written down what it has answered, which may be a moment later. */
  async writtenDown(place: Place): Promise<void> {
    const { running } = this.#options.queue;
    const here = running.filter(({ job, view }) => view.ending && samePlace(job.place, place));
    await within(Promise.all(here.map((run) => run.finished)), WRITING_MS);
  }

  /** Starts nothing more, stops what runs, and waits until its processes are gone. */
  async stop(): Promise<void> {
    this.#options.queue.stop();
    this.#isStopping = true;
    const residents = this.residents.end();
    // Also one whose answer is there already: its processes may take their time.
    const { running } = this.#options.queue;
    await Promise.all(running.map((run) => run.interrupt()));
    await Promise.all(running.map((run) => run.finished));
    await residents;
  }

  /** Resolves when nothing runs or waits any more. */
  async idle(): Promise<void> {
    const { queue } = this.#options;
    for (let { running } = queue; running.length > 0; { running } = queue) {
      await Promise.all(running.map((run) => run.finished));
    }
  }

  /** The agent goes on by itself: that is a job like any other, but that it runs already. */
  #adopt({ place, author, parts }: Job, resident: Resident, why: string, begin: OwnTurn): void {
    const { conversations, store, queue, messenger, isOverBudget } = this.#options;
    const agent = conversations.agents.get(resident.agent);
    if (this.#isStopping || !agent) return void resident.end();
    if (isOverBudget({ place })) {
      const text = plain(
        `💰 ${why} Today's budget is reached, so the agent was not let on. /usage tells more.`,
      );
      void messenger.send(place, { text }, { important: true });
      return void resident.end();
    }
    const about = { messageId: parts.at(-1)?.messageId ?? 0, text: why };
    const draft = { place, author, parts: [about], files: [], updates: [], background: true } as const;
    const job = newJob(draft, this.#options);
    store.note({ k: "queued", job });
    const own = ownTurn(agent, begin);
    const isBeside = queue.inLane(laneOf(job)) !== undefined;
    const run = this.#run(job, own.agent, isBeside ? `!${job.id}` : "");
    // Another one may have been begun in the conversation meanwhile.
    run.leaveSession(agent.name);
    queue.adopt(run);
    // Stopped before it was taken up, it would go on unseen.
    void run.finished.then(() => {
      if (!own.isBegun()) void resident.end();
    });
  }

  /** @param apart Names what is delivered without waiting for the rest of the conversation. */
  #run(job: Job, agent: Agent, apart = job.shell ? "!" : ""): JobRun {
    const { conversations, deliveries, cases, clock } = this.#options;
    const run = new JobRun(job, {
      ...this.#options,
      agent,
      settings: conversations.settings(job.place),
      stay: this.residents.stayOf(job),
      isFilling: (id) => this.residents.isBusy(id),
      after: deliveries.before(job.place, apart),
      onUndelivered: () => cases.undelivered(job.id),
      reply:
        job.schedule !== undefined ||
        job.background === true ||
        job.place.chatId < 0 ||
        clock.now() - job.queuedAt > 2_000,
    });
    this.#latest = run;
    deliveries.add(job.place, run.delivered, apart);
    return run;
  }
}
