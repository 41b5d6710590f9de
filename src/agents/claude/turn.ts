import type { Log } from "../../log.ts";
import { within } from "../../within.ts";
import type { AgentAnswer, AgentEvent, PermissionMode, Turn, TurnRequest, Usage } from "../agent.ts";
import type { JsonObject } from "../json.ts";
import type { Activity } from "../process/activity.ts";
import type { ProcessExit } from "../process/process.ts";
import { safeEvents } from "../safe-events.ts";
import { crashFailure, resultFailure, startFailure } from "./errors.ts";
import { type ClaudeEvents, claudeEvents } from "./events.ts";
import type { ClaudeProcess } from "./process.ts";
import { INTERRUPT, setMode, userMessage } from "./protocol.ts";
import { isTrusted } from "./trust.ts";
import { addUsage, resultUsage } from "./usage.ts";

const EXIT_MS = 10_000;
/** How long it may take to end after an interrupt, in milliseconds. Usually it takes about 50. */
const INTERRUPT_MS = 2_000;

/** How long a version that does not take up what was added late may stay silent, in milliseconds. */
const LATE_TURN_MS = 5_000;

/** The process for a turn. */
export interface Seat {
  readonly process: ClaudeProcess;
  /** `new`: started for this turn. `warm`: it has waited for a prompt. `own`: it has begun the turn by itself. */
  readonly kind: "new" | "warm" | "own";
  /** What ran in the background of the one that had to end for it. */
  readonly endedTasks: readonly string[];
}

export interface ClaudeTurnOptions {
  readonly binary: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Log;
  readonly onCommands: (commands: readonly string[]) => void;
  readonly onGrant: (sessionId: string, rules: readonly string[]) => void;
  /** Finds or starts the process; takes a while when another one has to end first. */
  readonly enter: () => Seat | Promise<Seat>;
  /** Whether the process stays when the turn is over. From then on it belongs to others. */
  readonly keep: (process: ClaudeProcess, isGood: boolean) => boolean;
  /** How long the program may take to end by itself after its `result`, in milliseconds. 10,000 unless told. */
  readonly exitMs?: number;
}

/** One turn in a process that is its own, or that is there for one turn after the other. */
export class ClaudeTurn implements Turn {
  readonly ended: Promise<void>;
  readonly #options: ClaudeTurnOptions;
  readonly #request: TurnRequest;
  readonly #onEvent: (event: AgentEvent) => void;
  readonly #events: ClaudeEvents;
  readonly #startedAt = performance.now();
  readonly #resultSeen: Promise<void>;
  #onResultSeen = (): void => {};
  readonly #givenUp: Promise<void>;
  #giveUp = (): void => {};
  #process: ClaudeProcess | undefined;
  #costBefore = 0;
  #usage: Partial<Usage> = {};
  #results: Usage | undefined;
  #lateTimer: NodeJS.Timeout | undefined;
  #isWarm = false;
  /** Whether the program has taken the prompt up. */
  #isTaken = false;
  #isOver = false;
  #stays = false;
  /** What was given to the process and has not been taken up yet. */
  #untaken: string[] = [];
  #modeRequests = 0;
  #cancelling: Promise<void> | undefined;

  constructor(options: ClaudeTurnOptions, request: TurnRequest, onEvent: (event: AgentEvent) => void) {
    this.#options = options;
    this.#request = request;
    this.#onEvent = safeEvents(onEvent, options.log);
    this.#resultSeen = new Promise((resolve) => {
      this.#onResultSeen = resolve;
    });
    this.#givenUp = new Promise((resolve) => {
      this.#giveUp = resolve;
    });
    this.#events = claudeEvents({
      cwd: request.cwd,
      emit: (event) => {
        // The turn for what came late has begun.
        clearTimeout(this.#lateTimer);
        this.#emit(event);
      },
      send: (message) => this.#process?.send(message),
      onCommands: options.onCommands,
      onResult: (result, context) => this.#takeResult(result, context),
      onUserMessage: (text) => {
        clearTimeout(this.#lateTimer);
        const index = this.#untaken.indexOf(text);
        if (index >= 0) this.#untaken.splice(index, 1);
        this.#isTaken = true;
      },
      onGrant: (rules) => options.onGrant(this.#process?.sessionId ?? "", rules),
      trusted: () => isTrusted(request.cwd, options.env),
      log: options.log,
    });
    this.ended = this.#live();
  }

  answer(requestId: string, answer: AgentAnswer): boolean {
    return !this.#isOver && this.#events.answer(requestId, answer);
  }

  async steer(text: string): Promise<boolean> {
    if (this.#isOver || this.#cancelling || !this.#process) return false;
    this.#say(text);
    return true;
  }

  async setMode(mode: PermissionMode): Promise<boolean> {
    if (this.#isOver || this.#cancelling || !this.#process) return false;
    this.#modeRequests += 1;
    const id = `mode-${this.#modeRequests}`;
    return this.#process.call(id, setMode(mode, id));
  }

  async activity(): Promise<Activity> {
    return (await this.#process?.child.activity()) ?? { processes: 0, cpuMs: 0 };
  }

  cancel(): Promise<void> {
    this.#cancelling ??= this.#cancel();
    return this.#cancelling;
  }

  async #cancel(): Promise<void> {
    this.#giveUp();
    const process = this.#process;
    if (process && !this.#isOver) {
      process.send(INTERRUPT);
      await within(process.child.exited, INTERRUPT_MS);
    }
    if (process && !this.#stays) await process.end();
    await this.ended;
  }

  async #live(): Promise<void> {
    const entering = this.#options.enter();
    let seat = entering instanceof Promise ? await this.#wait(entering) : entering;
    // It has begun a turn by itself in the very moment: that one comes first.
    while (seat?.kind === "warm" && seat.process.isBusy)
      seat = await this.#wait(Promise.resolve(this.#options.enter()));
    if (!seat) return this.#finish({ kind: "cancelled", usage: this.#elapsed() });
    const { child } = this.#begin(seat);
    void child.exited.then(() => this.#events.withdrawRequests());
    await Promise.race([this.#resultSeen, child.closed]);
    if (this.#stays) return;
    const { log, exitMs } = this.#options;
    const { jobId: job } = this.#request;
    if (!(await within(child.exited, exitMs ?? EXIT_MS))) {
      log.warn("agent stays after its result", { pid: child.pid, job });
    }
    await child.end();
    const exit = await child.closed;
    clearTimeout(this.#lateTimer);
    log.debug("agent ended", { job, code: exit.code, signal: exit.signal });
    this.#finish(this.#endWithoutResult(exit, seat));
  }

  /** The seat; undefined when the turn is given up before there is one. */
  async #wait(entering: Promise<Seat>): Promise<Seat | undefined> {
    const seat = await Promise.race([entering, this.#givenUp]);
    if (seat) return seat;
    void entering.then(({ process, kind }) => {
      if (kind === "new") void process.end();
    });
    return undefined;
  }

  #begin({ process, kind, endedTasks }: Seat): ClaudeProcess {
    this.#process = process;
    this.#isWarm = kind === "warm";
    this.#costBefore = process.costUsd;
    process.stay = this.#request.stay;
    if (process.child.pid !== undefined)
      this.#emit({ kind: "process", pid: process.pid, mark: process.mark });
    if (endedTasks.length > 0) this.#emit({ kind: "tasks-ended", tasks: endedTasks });
    process.attach({ take: this.#events.take, refuse: this.#events.refuse });
    const { prompt, images } = this.#request;
    // It may just have begun a turn of its own, which then comes first.
    if (kind === "own") this.#isTaken = true;
    else this.#say(prompt, images);
    return process;
  }

  #say(text: string, images: TurnRequest["images"] = []): void {
    // As the program gives it back.
    this.#untaken.push(text.replaceAll("\0", ""));
    this.#process?.send(userMessage(text, images));
  }

  #endWithoutResult(exit: ProcessExit, { process }: Seat): AgentEvent {
    const usage = this.#elapsed();
    if (exit.error) {
      const failure = startFailure(exit.error, this.#options.binary, this.#request.cwd);
      return { kind: "failed", failure };
    }
    if (this.#cancelling) return { kind: "cancelled", usage };
    const failure = crashFailure(exit, process.child.stderr());
    if (this.#isNotBegun) return { kind: "failed", failure: { ...failure, code: "not-begun" } };
    return { kind: "failed", failure, usage };
  }

  #elapsed(): Usage {
    return { durationMs: Math.round(performance.now() - this.#startedAt), ...this.#usage };
  }

  #takeResult(result: JsonObject, context: Partial<Usage>): void {
    const process = this.#process;
    if (!process) return;
    const used = addUsage(
      this.#results,
      resultUsage(result, performance.now() - this.#startedAt, this.#costBefore),
    );
    const usage = { ...used, ...context };
    process.costUsd = this.#costBefore + (usage.costUsd ?? 0);
    this.#results = usage;
    this.#usage = usage;
    const good = result.is_error !== true && result.subtype === "success";
    clearTimeout(this.#lateTimer);
    // What came too late to join the turn is answered in one of its own, in the same process.
    const isPending = this.#untaken.length > 0 && !this.#cancelling && (good || this.#isNotBegun);
    if (isPending && this.#isAnothers(result, process)) {
      this.#lateTimer = setTimeout(() => this.#close(this.#withoutMore(usage)), LATE_TURN_MS);
      return;
    }
    const failure = good ? undefined : resultFailure(result, process.child.stderr());
    this.#close(failure ? { kind: "failed", failure, usage } : { kind: "done", usage });
  }

  /** Whether a process that had waited for the prompt has not taken it up, so that it can be given to another. */
  get #isNotBegun(): boolean {
    return this.#isWarm && !this.#isTaken;
  }

  /** What is still to be taken up is not. */
  #withoutMore(usage: Usage): AgentEvent {
    if (!this.#isNotBegun) return { kind: "done", usage };
    const message = "Claude Code did not take the prompt up.";
    return { kind: "failed", failure: { code: "not-begun", message } };
  }

  /** Whether there is another result to come, for what has not been taken up yet. */
  #isAnothers({ num_turns: turns }: JsonObject, process: ClaudeProcess): boolean {
    if (!this.#isTaken) {
      // That was about a task, also one that a process before it had left behind: the prompt is still to come.
      if (process.endedTask !== undefined) return true;
      // A slash command is not given back when it is taken up, and needs no model.
      const isCommand = this.#request.prompt.startsWith("/");
      if (turns === 0 && !isCommand) return true;
      this.#isTaken = true;
      this.#untaken.shift();
    }
    return this.#untaken.shift() !== undefined;
  }

  /** The program has said that it is done: it may end. */
  #close(last: AgentEvent): void {
    const process = this.#process;
    this.#stays = !this.#cancelling && !!process && this.#options.keep(process, last.kind === "done");
    if (this.#stays) process?.detach();
    else process?.leave();
    // One that was given up ends as cancelled, once everything is gone.
    if (!this.#cancelling) this.#finish(last);
    this.#onResultSeen();
  }

  /** The terminal event, of which only the first counts. */
  #finish(event: AgentEvent): void {
    if (this.#isOver) return;
    this.#events.withdrawRequests();
    this.#emit(event);
    this.#isOver = true;
  }

  #emit(event: AgentEvent): void {
    if (this.#isOver) return;
    if (event.kind === "usage") this.#usage = event.usage;
    this.#onEvent(event);
  }
}
