import type { Log } from "../log.ts";
import { within } from "../within.ts";
import type { AgentAnswer, AgentEvent, PermissionMode, Turn, TurnRequest, Usage } from "./agent.ts";
import { crashFailure, resultFailure, startFailure } from "./claude-errors.ts";
import { type ClaudeEvents, claudeEvents } from "./claude-events.ts";
import {
  INITIALIZE,
  INTERRUPT,
  MAX_LINE_BYTES,
  setMode,
  toLine,
  turnArgs,
  userMessage,
} from "./claude-protocol.ts";
import { isTrusted } from "./claude-trust.ts";
import { addUsage, resultUsage } from "./claude-usage.ts";
import type { JsonObject } from "./json.ts";
import { type LineSplitter, splitLines } from "./lines.ts";
import { type AgentProcess, type ProcessExit, startProcess } from "./process.ts";
import type { Activity } from "./process-activity.ts";

const EXIT_MS = 10_000;
/** How long it may take to end after an interrupt, in milliseconds. Usually it takes about 50. */
const INTERRUPT_MS = 2_000;

/** How long a version that does not take up what was added late may stay silent, in milliseconds. */
const LATE_TURN_MS = 5_000;

export interface ClaudeTurnOptions {
  readonly binary: string;
  readonly args: readonly string[];
  /** All arguments, for a program that is started in another way. */
  readonly startArgs?: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly secrets: readonly string[];
  readonly log: Log;
  readonly onCommands: (commands: readonly string[]) => void;
  /** How long the program may take to end by itself after its `result`, in milliseconds. 10,000 unless told. */
  readonly exitMs?: number;
}

/** One prompt in a process of its own, which ends with the turn. */
export class ClaudeTurn implements Turn {
  readonly ended: Promise<void>;
  readonly #binary: string;
  readonly #request: TurnRequest;
  readonly #onEvent: (event: AgentEvent) => void;
  readonly #log: Log;
  readonly #child: AgentProcess;
  readonly #events: ClaudeEvents;
  readonly #lines: LineSplitter;
  readonly #startedAt = performance.now();
  readonly #resultSeen: Promise<void>;
  #onResultSeen = (): void => {};
  #usage: Partial<Usage> = {};
  #results: Usage | undefined;
  #lateTimer: NodeJS.Timeout | undefined;
  #isOver = false;
  /** What was added to the running turn and has not been taken up yet. */
  #untaken: string[] = [];
  #modeRequests = 0;
  readonly #modeAnswers = new Map<string, (ok: boolean) => void>();
  #cancelling: Promise<void> | undefined;

  constructor(options: ClaudeTurnOptions, request: TurnRequest, onEvent: (event: AgentEvent) => void) {
    this.#binary = options.binary;
    this.#request = request;
    this.#onEvent = onEvent;
    this.#log = options.log;
    this.#resultSeen = new Promise((resolve) => {
      this.#onResultSeen = resolve;
    });
    this.#events = claudeEvents({
      cwd: request.cwd,
      emit: (event) => {
        // The turn for what came late has begun.
        clearTimeout(this.#lateTimer);
        this.#emit(event);
      },
      send: (message) => this.#child.write(toLine(message)),
      onCommands: options.onCommands,
      onResult: (result) => this.#takeResult(result),
      onUserMessage: (text) => {
        clearTimeout(this.#lateTimer);
        const index = this.#untaken.indexOf(text);
        if (index >= 0) this.#untaken.splice(index, 1);
      },
      onResponse: (id, ok) => this.#modeAnswers.get(id)?.(ok),
      trusted: () => isTrusted(request.cwd, options.env),
      log: options.log,
    });
    this.#lines = splitLines(this.#events.line, {
      maxBytes: MAX_LINE_BYTES,
      onDropped: (bytes) => this.#log.warn("agent wrote a line that is too long", { bytes }),
    });
    this.#child = startProcess({
      command: options.binary,
      args: options.startArgs ?? turnArgs(options.args, request),
      cwd: request.cwd,
      env: { ...options.env, ...request.env },
      secrets: options.secrets,
      jobId: request.jobId,
      onStdout: this.#lines.push,
    });
    this.#child.write(toLine(INITIALIZE));
    this.#child.write(toLine(userMessage(request.prompt, request.images)));
    this.ended = this.#live(options.exitMs ?? EXIT_MS);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  answer(requestId: string, answer: AgentAnswer): boolean {
    return !this.#isOver && this.#events.answer(requestId, answer);
  }

  async steer(text: string): Promise<boolean> {
    if (this.#isOver || this.#cancelling) return false;
    // As the program gives it back.
    this.#untaken.push(text.replaceAll("\0", ""));
    this.#child.write(toLine(userMessage(text)));
    return true;
  }

  async setMode(mode: PermissionMode): Promise<boolean> {
    if (this.#isOver || this.#cancelling) return false;
    this.#modeRequests += 1;
    const id = `mode-${this.#modeRequests}`;
    const answered = new Promise<boolean>((resolve) => {
      this.#modeAnswers.set(id, resolve);
    });
    this.#child.write(toLine(setMode(mode, id)));
    const given = await Promise.race([answered, this.#child.closed.then(() => false)]);
    this.#modeAnswers.delete(id);
    return given;
  }

  activity(): Promise<Activity> {
    return this.#child.activity();
  }

  cancel(): Promise<void> {
    this.#cancelling ??= this.#cancel();
    return this.#cancelling;
  }

  async #cancel(): Promise<void> {
    if (!this.#isOver) {
      this.#child.write(toLine(INTERRUPT));
      await within(this.#child.exited, INTERRUPT_MS);
    }
    await this.#child.end();
    await this.ended;
  }

  async #live(exitMs: number): Promise<void> {
    void this.#child.exited.then(() => this.#events.withdrawRequests());
    await Promise.race([this.#resultSeen, this.#child.closed]);
    if (!(await within(this.#child.exited, exitMs))) {
      this.#log.warn("agent stays after its result", { pid: this.pid, job: this.#request.jobId });
    }
    await this.#child.end();
    const exit = await this.#child.closed;
    clearTimeout(this.#lateTimer);
    // A last line without a line end may be the result.
    this.#lines.end();
    this.#log.debug("agent ended", { job: this.#request.jobId, code: exit.code, signal: exit.signal });
    this.#finish(this.#endWithoutResult(exit));
  }

  #endWithoutResult(exit: ProcessExit): AgentEvent {
    const usage = { durationMs: Math.round(performance.now() - this.#startedAt), ...this.#usage };
    if (exit.error) {
      const failure = startFailure(exit.error, this.#binary, this.#request.cwd);
      return { kind: "failed", failure };
    }
    if (this.#cancelling) return { kind: "cancelled", usage };
    return { kind: "failed", failure: crashFailure(exit, this.#child.stderr()), usage };
  }

  #takeResult(result: JsonObject): void {
    const usage = addUsage(this.#results, resultUsage(result, performance.now() - this.#startedAt));
    this.#results = usage;
    this.#usage = usage;
    const good = result.is_error !== true && result.subtype === "success";
    clearTimeout(this.#lateTimer);
    // What came too late to join the turn is answered in one of its own, in the same process.
    if (good && this.#untaken.length > 0 && !this.#cancelling) {
      this.#untaken.shift();
      this.#lateTimer = setTimeout(() => this.#close({ kind: "done", usage }), LATE_TURN_MS);
      return;
    }
    const failure = good ? undefined : resultFailure(result, this.#child.stderr());
    this.#close(failure ? { kind: "failed", failure, usage } : { kind: "done", usage });
  }

  /** The program has said that it is done: it may end. */
  #close(last: AgentEvent): void {
    this.#child.closeStdin();
    this.#onResultSeen();
    // One that was given up ends as cancelled, once everything is gone.
    if (!this.#cancelling) this.#finish(last);
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
    try {
      this.#onEvent(event);
    } catch (error) {
      // Thrown into the stream's callback it would end the bridge.
      this.#log.error("agent event not handled", { kind: event.kind, error });
    }
  }
}
