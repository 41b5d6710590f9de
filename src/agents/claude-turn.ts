import type { Log } from "../log.ts";
import { within } from "../within.ts";
import type { AgentEvent, PermissionDecision, Turn, TurnRequest, Usage } from "./agent.ts";
import { crashFailure, resultFailure, startFailure } from "./claude-errors.ts";
import { type ClaudeEvents, claudeEvents } from "./claude-events.ts";
import { INITIALIZE, INTERRUPT, MAX_LINE_BYTES, toLine, turnArgs, userMessage } from "./claude-protocol.ts";
import { resultUsage } from "./claude-usage.ts";
import type { JsonObject } from "./json.ts";
import { type LineSplitter, splitLines } from "./lines.ts";
import { type AgentProcess, type ProcessExit, startProcess } from "./process.ts";
import type { Activity } from "./process-activity.ts";

const EXIT_MS = 10_000;
/** How long it may take to end after an interrupt, in milliseconds. Usually it takes about 50. */
const INTERRUPT_MS = 2_000;

export interface ClaudeTurnOptions {
  readonly binary: string;
  readonly args: readonly string[];
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
  #isOver = false;
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
      emit: (event) => this.#emit(event),
      send: (message) => this.#child.write(toLine(message)),
      onCommands: options.onCommands,
      onResult: (result) => this.#takeResult(result),
      log: options.log,
    });
    this.#lines = splitLines(this.#events.line, {
      maxBytes: MAX_LINE_BYTES,
      onDropped: (bytes) => this.#log.warn("agent wrote a line that is too long", { bytes }),
    });
    this.#child = startProcess({
      command: options.binary,
      args: turnArgs(options.args, request),
      cwd: request.cwd,
      env: options.env,
      secrets: options.secrets,
      jobId: request.jobId,
      onStdout: this.#lines.push,
    });
    this.#child.write(toLine(INITIALIZE));
    this.#child.write(toLine(userMessage(request.prompt)));
    this.ended = this.#live(options.exitMs ?? EXIT_MS);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  answer(requestId: string, decision: PermissionDecision): boolean {
    return !this.#isOver && this.#events.answer(requestId, decision);
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
    void this.#child.exited.then(() => this.#events.withdrawPermissions());
    await Promise.race([this.#resultSeen, this.#child.closed]);
    if (!(await within(this.#child.exited, exitMs))) {
      this.#log.warn("agent stays after its result", { pid: this.pid, job: this.#request.jobId });
    }
    await this.#child.end();
    const exit = await this.#child.closed;
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
    this.#child.closeStdin();
    this.#onResultSeen();
    const usage = resultUsage(result, performance.now() - this.#startedAt);
    this.#usage = usage;
    // The turn was given up: it ends as cancelled, once everything is gone.
    if (this.#cancelling) return;
    if (result.is_error !== true && result.subtype === "success") this.#finish({ kind: "done", usage });
    else this.#finish({ kind: "failed", failure: resultFailure(result, this.#child.stderr()), usage });
  }

  /** The terminal event, of which only the first counts. */
  #finish(event: AgentEvent): void {
    if (this.#isOver) return;
    this.#events.withdrawPermissions();
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
