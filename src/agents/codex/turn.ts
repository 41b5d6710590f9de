import type { Log } from "../../log.ts";
import { within } from "../../within.ts";
import type { AgentAnswer, AgentEvent, Turn, TurnRequest, Usage } from "../agent.ts";
import { asNumber, asObject, asText, type JsonObject } from "../json.ts";
import type { Activity } from "../process/activity.ts";
import type { ProcessExit } from "../process/process.ts";
import { safeEvents } from "../safe-events.ts";
import type { SessionGrants } from "../session-grants.ts";
import { type AppServer, RpcError, startAppServer } from "./app-server.ts";
import { commandEnvironment } from "./command-environment.ts";
import { callFailure, crashFailure, startFailure, turnFailure } from "./errors.ts";
import { codexEvents } from "./events.ts";
import { developerInstructions } from "./instructions.ts";
import { later } from "./later.ts";
import { steerParams, threadParams, turnParams } from "./protocol.ts";
import { codexRequests } from "./requests.ts";
import { retryWatch } from "./retry-watch.ts";

const EXIT_MS = 10_000;
/** How long it may take to end after an interrupt, in milliseconds. Usually it takes about 20. */
const INTERRUPT_MS = 2_000;
const RETRY_MS = 120_000;

export interface CodexTurnOptions {
  readonly binary: string;
  readonly env: NodeJS.ProcessEnv;
  readonly secrets: readonly string[];
  readonly log: Log;
  readonly grants: SessionGrants;
  /** Variables of `env` that were given for the agent's commands, whatever Codex's own settings keep from them. */
  readonly given?: () => readonly string[];
  /** How long the program may take to end by itself after the turn, in milliseconds. 10,000 unless told. */
  readonly exitMs?: number;
  /** How long the program may try to reach the model, in milliseconds. 120,000 unless told. */
  readonly retryMs?: number;
}

/** One prompt in an app-server of its own, which ends with the turn. */
export class CodexTurn implements Turn {
  readonly ended: Promise<void>;
  readonly #options: CodexTurnOptions;
  readonly #request: TurnRequest;
  readonly #onEvent: (event: AgentEvent) => void;
  readonly #server: AppServer;
  readonly #requests: ReturnType<typeof codexRequests>;
  readonly #retries: ReturnType<typeof retryWatch>;
  readonly #startedAt = performance.now();
  /** Settles with the turn's id when it has begun, and with undefined when it is over before. */
  readonly #turnId = later<string | undefined>();
  /** Settles when Codex has said how the turn went, or that there will be none. */
  readonly #settled = later<void>();
  #thread: { readonly id: string; readonly model: string | undefined } | undefined;
  #hasBegun = false;
  #wasInterrupted = false;
  #usage: Partial<Usage> = {};
  #isOver = false;
  #cancelling: Promise<void> | undefined;

  constructor(options: CodexTurnOptions, request: TurnRequest, onEvent: (event: AgentEvent) => void) {
    this.#options = options;
    this.#request = request;
    this.#onEvent = safeEvents(onEvent, options.log);
    const emit = (event: AgentEvent): void => this.#emit(event);
    const events = codexEvents({
      ...{ cwd: request.cwd, emit, log: options.log },
      threadId: () => this.#thread?.id,
      onStarted: (turnId) => this.#begin(turnId),
      onRetry: (error) => this.#retries.retries(error),
      onProgress: () => this.#retries.progressed(),
      onCompleted: (turn) => this.#complete(turn),
      onResolved: (id) => this.#requests.resolved(id),
    });
    this.#retries = retryWatch(options.retryMs ?? RETRY_MS, (error) => {
      if (this.#cancelling) return;
      this.#finish({ kind: "failed", failure: turnFailure(error), usage: this.#usageSoFar() });
      this.#settled.settle();
    });
    this.#server = startAppServer({
      ...{
        binary: options.binary,
        env: { ...options.env, ...request.env },
        secrets: options.secrets,
        log: options.log,
      },
      ...{ cwd: request.cwd, jobId: request.jobId },
      onNotification: events.notification,
      onRequest: (asked) => this.#requests.take(asked),
    });
    this.#requests = codexRequests({
      ...{ emit, server: this.#server, grants: options.grants, changesOf: events.changesOf },
      sessionId: () => this.#thread?.id,
      steer: (threadId, turnId, text) => this.#steer(threadId, turnId, text),
    });
    const { pid } = this.#server.process;
    if (pid !== undefined) this.#emit({ kind: "process", pid, mark: request.jobId });
    void this.#start();
    this.ended = this.#live();
  }

  answer(requestId: string, answer: AgentAnswer): boolean {
    return !this.#isOver && this.#requests.answer(requestId, answer);
  }

  async steer(text: string): Promise<boolean> {
    const turnId = await this.#turnId.promise;
    if (this.#isOver || this.#cancelling || turnId === undefined) return false;
    return this.#steer(this.#thread?.id ?? "", turnId, text);
  }

  /** The protocol sets the policy with a turn's start and not later. */
  async setMode(): Promise<boolean> {
    return false;
  }

  activity(): Promise<Activity> {
    return this.#server.process.activity();
  }

  cancel(): Promise<void> {
    this.#cancelling ??= this.#cancel();
    return this.#cancelling;
  }

  async #cancel(): Promise<void> {
    const child = this.#server.process;
    if (!this.#isOver) {
      if (this.#hasBegun) {
        const turnId = await this.#turnId.promise;
        this.#server.call("turn/interrupt", { threadId: this.#thread?.id, turnId }).catch(() => {});
      } else {
        this.#settled.settle();
      }
      await within(child.exited, INTERRUPT_MS);
    }
    await child.end();
    await this.ended;
  }

  /** From the program's start to the turn's. */
  async #start(): Promise<void> {
    const request = this.#request;
    try {
      await this.#server.initialize();
      const instructions = await developerInstructions(this.#server.call, request.cwd);
      const params = threadParams(request, this.#commandEnvironment(), instructions);
      const opened = await this.#server.call(openingMethod(request), params);
      const id = asText(asObject(opened.thread).id) ?? "";
      if (request.sessionName) await this.#nameThread(id, request.sessionName);
      this.#thread = { id, model: asText(opened.model) };
      if (this.#cancelling) return;
      const { turn } = await this.#server.call("turn/start", turnParams(id, request));
      this.#begin(asText(asObject(turn).id) ?? "");
    } catch (error) {
      // Anything else than a refusal is told by how the program ends.
      if (!(error instanceof RpcError)) return;
      if (!this.#cancelling) this.#finish({ kind: "failed", failure: callFailure(error) });
      this.#settled.settle();
    }
  }

  #commandEnvironment(): JsonObject {
    const { env, secrets, given = () => [] } = this.#options;
    const { jobId, env: more = {} } = this.#request;
    const names = [...Object.keys(more), ...given()];
    return commandEnvironment({ env: { ...env, ...more }, secrets, jobId, names });
  }

  /** The session is told only now: before its first turn it is not on disk, and cannot be gone on with. */
  #begin(turnId: string): void {
    if (this.#hasBegun || !this.#thread) return;
    this.#hasBegun = true;
    this.#turnId.settle(turnId);
    const { id: sessionId, model } = this.#thread;
    this.#emit({ kind: "session", sessionId, ...(model && { model }) });
  }

  /** Without its name the thread is as good. */
  async #nameThread(threadId: string, name: string): Promise<void> {
    try {
      await this.#server.call("thread/name/set", { threadId, name });
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      this.#options.log.warn("session not named", { job: this.#request.jobId, error });
    }
  }

  async #steer(threadId: string, turnId: string, text: string): Promise<boolean> {
    try {
      await this.#server.call("turn/steer", steerParams(threadId, turnId, text));
      return true;
    } catch (error) {
      this.#options.log.debug("agent not steered", { job: this.#request.jobId, error });
      return false;
    }
  }

  async #live(): Promise<void> {
    const { process: child } = this.#server;
    void child.exited.then(() => this.#requests.withdrawAll());
    await Promise.race([this.#settled.promise, child.closed]);
    child.closeStdin();
    if (!(await within(child.exited, this.#options.exitMs ?? EXIT_MS))) {
      this.#options.log.warn("agent stays after its turn", {
        pid: this.#server.process.pid,
        job: this.#request.jobId,
      });
    }
    await child.end();
    const exit = await child.closed;
    const { jobId: job } = this.#request;
    this.#options.log.debug("agent ended", { job, code: exit.code, signal: exit.signal });
    this.#finish(this.#endWithoutResult(exit));
  }

  #endWithoutResult(exit: ProcessExit): AgentEvent {
    const { binary } = this.#options;
    const usage = this.#usageSoFar();
    if (exit.error) {
      return { kind: "failed", failure: startFailure(exit.error, binary, this.#request.cwd) };
    }
    if (this.#cancelling || this.#wasInterrupted) return { kind: "cancelled", usage };
    return { kind: "failed", failure: crashFailure(exit, this.#server.process.stderr()), usage };
  }

  #complete(turn: JsonObject): void {
    const usage = this.#usageSoFar(asNumber(turn.durationMs));
    this.#usage = usage;
    if (turn.status === "interrupted") this.#wasInterrupted = true;
    // A turn that was given up ends as cancelled, once everything is gone.
    else if (!this.#cancelling) {
      if (turn.status === "completed") this.#finish({ kind: "done", usage });
      else this.#finish({ kind: "failed", failure: turnFailure(asObject(turn.error)), usage });
    }
    this.#settled.settle();
  }

  #usageSoFar(durationMs = Math.round(performance.now() - this.#startedAt)): Usage {
    return { durationMs, ...this.#usage };
  }

  /** The terminal event, of which only the first counts. */
  #finish(event: AgentEvent): void {
    if (this.#isOver) return;
    this.#requests.withdrawAll();
    this.#turnId.settle(undefined);
    this.#emit(event);
    this.#isOver = true;
  }

  #emit(event: AgentEvent): void {
    if (this.#isOver) return;
    if (event.kind === "usage") this.#usage = event.usage;
    this.#onEvent(event);
  }
}

function openingMethod({ sessionId, fork }: TurnRequest): string {
  if (!sessionId) return "thread/start";
  return fork ? "thread/fork" : "thread/resume";
}
