import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../../log.ts";
import { within } from "../../within.ts";
import type { Resident, Stay, TurnRequest } from "../agent.ts";
import { asObject, asText, type JsonObject } from "../json.ts";
import { type LineSplitter, splitLines } from "../lines.ts";
import { childEnv } from "../process/child-env.ts";
import { type AgentProcess, startProcess } from "../process/process.ts";
import { INITIALIZE, MAX_LINE_BYTES, toLine, turnArgs } from "./protocol.ts";
import { claudeStream, handOver, type Listener } from "./stream.ts";
import { claudeTasks } from "./tasks.ts";

/** So long after its last word it has surely written it down, in milliseconds. Usually it takes about 100. */
const WRITING_MS = 500;
/** How long the program may take to answer a request of ours, in milliseconds. Usually it takes about 5. */
const ANSWER_MS = 5_000;

/** The program, and what it is always started with. */
export interface ClaudeProgram {
  readonly binary: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Values that must not reach the agent's environment. */
  readonly secrets: readonly string[];
  readonly log: Log;
}

export interface ClaudeProcessOptions extends ClaudeProgram {
  /** The name of the agent. */
  readonly agent: string;
  /** All arguments of a turn, for a program that is started in another way than Claude Code. */
  readonly argsOf?: (request: TurnRequest) => readonly string[];
  /** Its command line decides what it may do: its mode is never switched. */
  readonly fixedMode?: true;
}

export interface ClaudeProcessStart extends ClaudeProcessOptions {
  /** It is known by now which session it is in. */
  readonly onSession: (process: ClaudeProcess) => void;
  /** It begins a turn by itself; `why` is a sentence. It waits for a guest. */
  readonly onOwnTurn: (process: ClaudeProcess, why: string) => void;
}

/** One running Claude Code. It hosts one turn after the other, and may begin some by itself. */
export class ClaudeProcess implements Resident {
  readonly agent: string;
  readonly mark: string;
  readonly startedAt = performance.now();
  /** What the turns so far have cost: the program counts from its start. */
  costUsd = 0;
  /** How what outlives the latest turn is to be dealt with. */
  stay: Stay | undefined;
  readonly #child: AgentProcess;
  readonly #lines: LineSplitter;
  readonly #log: Log;
  readonly #launch: string;
  readonly #calls = new Map<string, (ok: boolean) => void>();
  readonly #tasks = claudeTasks();
  #guest: Listener | undefined;
  /** What it says without being asked, until a turn takes it. */
  #unasked: JsonObject[] = [];
  #onFree: (() => void)[] = [];
  #lastInit: JsonObject | undefined;
  readonly #onOwnTurn: ClaudeProcessStart["onOwnTurn"];
  readonly #onSession: ClaudeProcessStart["onSession"];
  #hasEnded = false;
  #isLeaving = false;
  #heardAt = performance.now();
  #sessionId: string | undefined;
  #mode: string | undefined;

  /** @param grants What has been allowed in the session before: a process that is in it already knows. */
  constructor(options: ClaudeProcessStart, request: TurnRequest, grants: readonly string[]) {
    this.agent = options.agent;
    this.mark = request.jobId;
    this.#onOwnTurn = options.onOwnTurn;
    this.#onSession = options.onSession;
    this.#log = options.log;
    this.#launch = launchOf(options, request);
    const listener: Listener = {
      take: (message) => this.#take(message),
      refuse: (message) => this.#guest?.refuse(message),
    };
    this.#lines = splitLines(claudeStream(listener, options.log), {
      maxBytes: MAX_LINE_BYTES,
      onDropped: (bytes) => this.#log.warn("agent wrote a line that is too long", { bytes }),
    });
    this.#child = startProcess({
      command: options.binary,
      args: argsOf(options, { ...request, rules: [...(request.rules ?? []), ...grants] }),
      cwd: request.cwd,
      env: { ...options.env, ...request.env },
      secrets: options.secrets,
      jobId: request.jobId,
      onStdout: this.#lines.push,
    });
    this.send(INITIALIZE);
    // A last line without a line end may be the result.
    void this.#child.closed.then(() => {
      this.#hasEnded = true;
      this.#lines.end();
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get child(): AgentProcess {
    return this.#child;
  }

  get sessionId(): string | undefined {
    return this.#sessionId;
  }

  /** The permission mode that it works in, as the program calls it. */
  get mode(): string | undefined {
    return this.#mode;
  }

  get tasks(): readonly string[] {
    return this.#tasks.running;
  }

  /** The task that ended last, in the program's words, when a turn about that is still to come. */
  get endedTask(): string | undefined {
    return this.#tasks.ended;
  }

  /** Whether it is about to end, so that a prompt would be lost in it. */
  get isLeaving(): boolean {
    return this.#isLeaving || this.#hasEnded;
  }

  /** Whether a turn is being worked on, or about to begin. */
  get isBusy(): boolean {
    return this.#guest !== undefined || this.#unasked.length > 0;
  }

  /** Whether it was started as it would be for this turn; mode and session can be changed, these things cannot. */
  fits(options: ClaudeProcessOptions, request: TurnRequest): boolean {
    return this.#launch === launchOf(options, request);
  }

  send(message: JsonObject): void {
    this.#child.write(toLine(message));
  }

  /** Sends a request of ours. Resolves with whether it was carried out; false also when there is no answer. */
  async call(id: string, message: JsonObject): Promise<boolean> {
    let isOk = false;
    const answered = new Promise<void>((resolve) => {
      this.#calls.set(id, (ok) => {
        isOk = ok;
        resolve();
      });
    });
    this.send(message);
    await within(Promise.race([answered, this.#child.closed]), ANSWER_MS);
    this.#calls.delete(id);
    return isOk;
  }

  /** Hands what it says to a turn from now on, first what it has said without being asked. */
  attach(guest: Listener): void {
    this.#guest = guest;
    const unasked = this.#unasked;
    this.#unasked = [];
    for (const message of unasked) this.#give(message);
  }

  /** The turn is over. */
  detach(): void {
    this.#guest = undefined;
    for (const free of this.#onFree.splice(0)) free();
  }

  /** Resolves when no turn is being worked on, or when it has ended. */
  async free(): Promise<void> {
    while (this.isBusy && !this.#hasEnded)
      await Promise.race([new Promise<void>((resolve) => this.#onFree.push(resolve)), this.#child.closed]);
  }

  async end(): Promise<void> {
    const isWaiting = !this.isBusy && !this.isLeaving;
    this.#isLeaving = true;
    // Asked to end, it would first tell the model that its tasks were stopped. Without it they are found by their mark,
    // which works on Linux alone.
    if (isWaiting && this.tasks.length > 0 && process.platform === "linux") await this.#kill();
    await this.#child.end();
  }

  async #kill(): Promise<void> {
    await sleep(Math.max(0, this.#heardAt + WRITING_MS - performance.now()));
    try {
      if (!this.#hasEnded) process.kill(this.pid, "SIGKILL");
    } catch {
      // It has ended in between.
    }
  }

  /** Lets it end by itself: it takes no more prompts. */
  leave(): void {
    this.#isLeaving = true;
    this.#child.closeStdin();
  }

  #take(message: JsonObject): void {
    this.#heardAt = performance.now();
    this.#learn(message);
    if (this.#guest) this.#give(message);
    else this.#keep(message);
  }

  #learn(message: JsonObject): void {
    if (message.type === "control_response") {
      const { request_id: id, subtype } = asObject(message.response);
      this.#calls.get(asText(id) ?? "")?.(subtype === "success");
    }
    if (message.type !== "system") return;
    const sessionId = asText(message.session_id);
    if (sessionId !== undefined && sessionId !== this.#sessionId) {
      this.#sessionId = sessionId;
      this.#onSession(this);
    }
    this.#mode = asText(message.permissionMode) ?? this.#mode;
    this.#tasks.take(message);
  }

  #give(message: JsonObject): void {
    if (this.#guest) handOver(message, this.#guest, this.#log);
    if (message.type === "result") this.#tasks.told();
  }

  /** Nobody has asked for it: the first sign of work begins a turn of the program's own. */
  #keep(message: JsonObject): void {
    if (this.#isLeaving) return;
    const begins = BEGINS.has(asText(message.type) ?? "");
    const isFirst = this.#unasked.length === 0;
    if (isFirst && !begins) {
      // It comes with each turn, and with nothing else.
      if (message.type === "system" && message.subtype === "init") this.#lastInit = message;
      return;
    }
    if (isFirst && this.#lastInit) this.#unasked.push(this.#lastInit);
    this.#unasked.push(message);
    if (isFirst) this.#onOwnTurn(this, this.#tasks.ended ?? "The agent goes on by itself.");
  }
}

/** What a turn that nobody asked for begins with. */
const BEGINS: ReadonlySet<string> = new Set(["assistant", "stream_event", "control_request", "result"]);

function argsOf({ args, argsOf }: ClaudeProcessOptions, request: TurnRequest): readonly string[] {
  return argsOf?.(request) ?? turnArgs(args, request);
}

/** Everything that is fixed once the process runs. */
function launchOf(options: ClaudeProcessOptions, request: TurnRequest): string {
  // A session is what it goes on with; the modes are switched, but for the one that it has to be started for.
  const { sessionId, fork, sessionName, ...rest } = request;
  const permissions = request.permissions === "skip" ? "skip" : "ask";
  const args = argsOf(options, { ...rest, permissions });
  const env = childEnv(options.env, options.secrets, "");
  return JSON.stringify([options.binary, args, request.cwd, Object.entries(env).toSorted()]);
}
