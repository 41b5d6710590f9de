import type {
  Agent,
  AgentAnswer,
  AgentEvent,
  Failure,
  ImageInput,
  PermissionMode,
  Stay,
  Turn,
} from "../agents/agent.ts";
import type { Activity } from "../agents/process/activity.ts";
import { type Clock, sleep } from "../clock.ts";
import { duration } from "../text/duration.ts";
import type { Opening } from "./conversations.ts";
import type { JobSettings } from "./settings.ts";
import { withEarlier } from "./spent.ts";

/** What the agent is told when its session goes on after a break. */
export const CONTINUE = "You were cut off. Continue where you were cut off.";

export interface JobTurnOptions {
  readonly agent: Agent;
  readonly clock: Clock;
  readonly prompt: string;
  readonly images: readonly ImageInput[];
  readonly jobId: string;
  readonly cwd: string;
  readonly settings: Omit<JobSettings, "stallMs">;
  /** The session to go on with, and how; asked before each try. */
  readonly opening: () => Opening;
  /** Every event but the last. */
  readonly onEvent: (event: AgentEvent) => void;
  /** How to deal with processes that outlive their turn. */
  readonly stay: Stay;
  /** Why nothing happens for a while; undefined when it goes on. */
  readonly onHold: (reason: string | undefined) => void;
}

export type LastEvent = Extract<AgentEvent, { readonly kind: "done" | "failed" | "cancelled" }>;

/** A model without capacity may have some soon; nothing else is tried again by itself. */
const RETRY_AFTER_MS = [20_000, 60_000];
const NOTHING: Activity = { processes: 0, cpuMs: 0 };

/** The agent's work on one job: usually one turn, more when the model was overloaded, ended when it takes too long. */
export class JobTurn {
  /** Resolves with how it ended. Never rejects. */
  readonly last: Promise<LastEvent>;
  readonly #options: JobTurnOptions;
  readonly #givenUp = new AbortController();
  #turn: Turn | undefined;
  #mode: PermissionMode;
  /** What was added on the way: a process that is replaced may not have read it. */
  readonly #steered: string[] = [];
  #timedOut = false;
  #didSomething = false;
  readonly #runningTools = new Set<string>();

  constructor(options: JobTurnOptions) {
    this.#options = options;
    this.#mode = options.settings.permissions;
    this.last = this.#run();
  }

  /** Resolves when all its processes have ended. Never rejects. */
  async ended(): Promise<void> {
    await this.last;
    await this.#turn?.ended;
  }

  answer(requestId: string, answer: AgentAnswer): boolean {
    return this.#turn?.answer(requestId, answer) ?? false;
  }

  async steer(text: string): Promise<boolean> {
    const taken = (await this.#turn?.steer(text)) ?? false;
    if (taken) this.#steered.push(text);
    return taken;
  }

  async setMode(mode: PermissionMode): Promise<boolean> {
    this.#mode = mode;
    return (await this.#turn?.setMode(mode)) ?? false;
  }

  async activity(): Promise<Activity> {
    return (await this.#turn?.activity()) ?? NOTHING;
  }

  /** Ends it; what the agent has said stays. Resolves when its processes are gone. */
  async cancel(): Promise<void> {
    this.#givenUp.abort();
    await this.#turn?.cancel();
  }

  async #run(): Promise<LastEvent> {
    const { clock } = this.#options;
    const { timeoutMs } = this.#options.settings;
    const stopTimer =
      timeoutMs === undefined
        ? () => {}
        : clock.after(timeoutMs, () => {
            this.#timedOut = true;
            void this.cancel();
          });
    const last = await this.#tryAll();
    stopTimer();
    if (last.kind !== "cancelled" || !this.#timedOut) return last;
    return { ...last, kind: "failed", failure: timeoutFailure(timeoutMs ?? 0) };
  }

  async #tryAll(): Promise<LastEvent> {
    const { clock, onHold } = this.#options;
    let last = await this.#try();
    if (last.kind === "failed" && last.failure.code === "not-begun" && !this.#givenUp.signal.aborted)
      last = await this.#try();
    for (const [index, ms] of RETRY_AFTER_MS.entries()) {
      if (last.kind !== "failed" || last.failure.code !== "overloaded") break;
      // What was done would be done again.
      if (this.#didSomething && this.#options.opening().sessionId === undefined) break;
      await this.#turn?.ended;
      this.#endTools();
      onHold(
        `${last.failure.message} Trying again in ${duration(ms)} (${index + 1} of ${RETRY_AFTER_MS.length})`,
      );
      await sleep(clock, ms, this.#givenUp.signal);
      onHold(undefined);
      if (this.#givenUp.signal.aborted)
        return { kind: "cancelled", ...(last.usage && { usage: last.usage }) };
      last = withEarlier(await this.#try(), last.usage);
    }
    return last;
  }

  /** What ran when the model gave up runs no more. */
  #endTools(): void {
    for (const id of this.#runningTools) this.#options.onEvent({ kind: "tool-end", id, ok: false });
    this.#runningTools.clear();
  }

  #try(): Promise<LastEvent> {
    const { agent, prompt, images, jobId, cwd, opening, onEvent, stay } = this.#options;
    const { model, effort, sandbox, rules = [] } = this.#options.settings;
    return new Promise<LastEvent>((resolve) => {
      const turn = agent.run(
        {
          // What was done already must not be done twice.
          prompt: [this.#didSomething ? CONTINUE : prompt, ...this.#steered].join("\n\n"),
          ...(images.length > 0 && !this.#didSomething ? { images } : {}),
          ...opening(),
          cwd,
          permissions: this.#mode,
          rules,
          ...(model === undefined ? {} : { model }),
          ...(effort === undefined ? {} : { effort }),
          ...(sandbox === undefined ? {} : { sandbox }),
          jobId,
          stay,
        },
        (event) => {
          if (event.kind === "done" || event.kind === "failed" || event.kind === "cancelled") {
            return resolve(event);
          }
          if (event.kind === "text" || event.kind === "tool-start") this.#didSomething = true;
          if (event.kind === "tool-start") this.#runningTools.add(event.id);
          if (event.kind === "tool-end") this.#runningTools.delete(event.id);
          onEvent(event);
        },
      );
      this.#turn = turn;
    }).catch((error): LastEvent => {
      const failure = { code: "error", message: `nanogent could not run it: ${String(error)}` } as const;
      return { kind: "failed", failure };
    });
  }
}

function timeoutFailure(ms: number): Failure {
  return {
    code: "timeout",
    message: `Stopped: a job may take no longer than ${duration(ms)} (NANOGENT_TIMEOUT).`,
    hint: "What it has done stays, and so does its session: the next prompt goes on from there.",
  };
}
