import type { Log } from "../../log.ts";
import type { AgentEvent, Failure, Turn, TurnRequest, Usage } from "../agent.ts";
import { resultFailure } from "../claude/errors.ts";
import { claudeEvents } from "../claude/events.ts";
import { MAX_LINE_BYTES } from "../claude/protocol.ts";
import { claudeStream } from "../claude/stream.ts";
import { isTrusted } from "../claude/trust.ts";
import { addUsage, resultUsage } from "../claude/usage.ts";
import { firstLineKind } from "../first-line.ts";
import { type LineSplitter, splitLines } from "../lines.ts";
import { type PlainOutput, plainOutput } from "../plain-output.ts";
import type { Activity } from "../process/activity.ts";
import { type AgentProcess, type ProcessExit, startProcess } from "../process/process.ts";
import { safeEvents } from "../safe-events.ts";

export interface CustomTurnOptions {
  readonly binary: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly secrets: readonly string[];
  readonly log: Log;
}

/**
 * One prompt in a program that reads all of it from stdin and answers on stdout: as text, or in lines as Claude Code's
 * `--output-format stream-json`, which its first line tells.
 */
export class CustomTurn implements Turn {
  readonly ended: Promise<void>;
  readonly #options: CustomTurnOptions;
  readonly #request: TurnRequest;
  readonly #emit: (event: AgentEvent) => void;
  readonly #child: AgentProcess;
  readonly #startedAt = performance.now();
  readonly #text: PlainOutput = plainOutput();
  /** Undefined until it is known that it speaks in lines. */
  #lines: LineSplitter | undefined;
  /** What has come before its kind is known; undefined afterwards. */
  #beginning: Buffer | undefined = Buffer.alloc(0);
  #usage: Usage | undefined;
  #failure: Failure | undefined;
  #cancelling: Promise<void> | undefined;

  constructor(options: CustomTurnOptions, request: TurnRequest, onEvent: (event: AgentEvent) => void) {
    this.#options = options;
    this.#request = request;
    this.#emit = safeEvents(onEvent, options.log);
    this.#child = startProcess({
      command: options.binary,
      args: options.args,
      cwd: request.cwd,
      env: { ...options.env, ...request.env },
      secrets: options.secrets,
      jobId: request.jobId,
      onStdout: (chunk) => this.#take(chunk),
    });
    const { pid } = this.#child;
    if (pid !== undefined) this.#emit({ kind: "process", pid, mark: request.jobId });
    this.#child.write(request.prompt.replaceAll("\0", ""));
    this.#child.closeStdin();
    this.ended = this.#live();
  }

  answer(): boolean {
    return false;
  }

  async steer(): Promise<boolean> {
    return false;
  }

  async setMode(): Promise<boolean> {
    return false;
  }

  activity(): Promise<Activity> {
    return this.#child.activity();
  }

  cancel(): Promise<void> {
    this.#cancelling ??= this.#child.end().then(() => this.ended);
    return this.#cancelling;
  }

  #take(chunk: Buffer): void {
    if (this.#beginning === undefined) {
      this.#tell(chunk);
      return;
    }
    const begun = Buffer.concat([this.#beginning, chunk]);
    const kind = firstLineKind(begun);
    this.#beginning = kind === undefined ? begun : undefined;
    if (kind === "stream-json") this.#lines = this.#readLines();
    if (kind !== undefined) this.#tell(begun);
  }

  #tell(chunk: Buffer): void {
    if (this.#lines) this.#lines.push(chunk);
    else this.#say(this.#text.push(chunk));
  }

  #say(delta: string): void {
    if (delta !== "") this.#emit({ kind: "text", delta, block: 0 });
  }

  #readLines(): LineSplitter {
    const { cwd } = this.#request;
    const { env, log } = this.#options;
    const events = claudeEvents({
      cwd,
      emit: (event) => this.#emit(event),
      // Its stdin was closed behind the prompt: it can be told nothing.
      send: () => {},
      onCommands: () => {},
      onResult: (result) => {
        this.#usage = addUsage(this.#usage, resultUsage(result, performance.now() - this.#startedAt, 0));
        const good = result.is_error !== true && result.subtype === "success";
        this.#failure = good ? undefined : resultFailure(result, this.#child.stderr());
      },
      onUserMessage: () => {},
      onGrant: () => {},
      trusted: () => isTrusted(cwd, env),
      log,
    });
    return splitLines(claudeStream(events, log), {
      maxBytes: MAX_LINE_BYTES,
      onDropped: (bytes) => log.warn("agent wrote a line that is too long", { bytes }),
    });
  }

  async #live(): Promise<void> {
    const exit = await this.#child.closed;
    // A first line without an end may be all that it has said.
    if (this.#beginning) this.#take(Buffer.from("\n"));
    this.#lines?.end();
    this.#say(this.#text.end());
    const usage = { durationMs: Math.round(performance.now() - this.#startedAt), ...this.#usage };
    // What it left in the background belongs to the turn: it ends with it.
    await this.#child.end();
    this.#emit(this.#last(exit, usage));
  }

  #last(exit: ProcessExit, usage: Usage): AgentEvent {
    if (this.#cancelling && !exit.error) return { kind: "cancelled", usage };
    const failure = this.#failure ?? exitFailure(exit, this.#child.stderr(), this.#request.cwd);
    return failure ? { kind: "failed", failure, usage } : { kind: "done", usage };
  }
}

function exitFailure({ code, signal, error }: ProcessExit, stderr: string, cwd: string): Failure | undefined {
  if (error) {
    return { code: "config", message: `The agent could not be started in ${cwd}.`, detail: error.message };
  }
  if (code === 0) return undefined;
  const how = signal ? `killed by ${signal}` : `exit code ${code}`;
  const detail = [how, stderr].filter(Boolean).join("\n");
  // POSIX.1-2017, shell command language, 2.8.2.
  if (code === 126 || code === 127) {
    const hint = "Look at NANOGENT_AGENT_COMMAND: it is run by /bin/sh in the project's folder.";
    return { code: "missing", message: "The agent's program was not found, or cannot be run.", hint, detail };
  }
  return { code: "crashed", message: `The agent failed (${how}).`, detail };
}
