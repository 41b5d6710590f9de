import { readFileSync } from "node:fs";
import { mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Agent, AgentEvent, AgentRequest, Turn, TurnRequest } from "../../src/agents/agent.ts";
import { claudeAgent } from "../../src/agents/claude/claude.ts";
import type { Log, LogFields } from "../../src/log.ts";
import { fakeClaude, type Scenario } from "../fakes/claude-cli.ts";

/** Runs a test in a temporary folder, which is removed in any case. */
export async function inFolder<T>(test: (dir: string) => Promise<T>): Promise<T> {
  const dir = await realpath(await mkdtemp(join(tmpdir(), "nanogent-agents-")));
  try {
    return await test(dir);
  } finally {
    await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
}

/** A turn and what it has said so far. */
export interface Watched {
  readonly turn: Turn;
  /** All but which process works on it. */
  readonly events: readonly AgentEvent[];
  /** Resolves with the first event of a kind, also when it has come before; rejects when the turn ends without it. */
  until<K extends AgentEvent["kind"]>(kind: K): Promise<AgentEvent & { kind: K }>;
  /** The request of this number, counted from 1. */
  request(count: number): Promise<AgentRequest>;
  /** The process that worked on it last. */
  pid(): number;
  /** The text of all blocks, joined with "¶". */
  text(): string;
  /** The last event, when all processes have ended. Fails when it is not the only one of its kind. */
  end(): Promise<AgentEvent & { kind: "done" | "failed" | "cancelled" }>;
}

let jobs = 0;

export function watch(agent: Agent, request: Partial<TurnRequest> & { cwd: string }): Watched {
  const events: AgentEvent[] = [];
  let wake = (): void => {};
  let pid: number | undefined;
  jobs += 1;
  const jobId = `test-${process.pid}-${jobs}`;
  const turn = agent.run({ prompt: "hello", permissions: "ask", jobId, ...request }, (event) => {
    if (event.kind === "process") pid = event.pid;
    else events.push(event);
    wake();
  });
  return {
    turn,
    events,
    async until(kind) {
      for (;;) {
        const found = events.find((event) => event.kind === kind);
        if (found) return found as never;
        if (events.some(isLast)) throw new Error(`no ${kind} in ${JSON.stringify(events)}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    async request(count) {
      for (;;) {
        const found = events.flatMap((event) => (event.kind === "request" ? [event.request] : []))[count - 1];
        if (found) return found;
        if (events.some(isLast)) throw new Error(`no request ${count} in ${JSON.stringify(events)}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    pid() {
      if (pid === undefined) throw new Error("no process was started");
      return pid;
    },
    text() {
      const blocks: string[] = [];
      for (const event of events) {
        if (event.kind === "text") blocks[event.block] = (blocks[event.block] ?? "") + event.delta;
      }
      return blocks.join("¶");
    },
    async end() {
      await turn.ended;
      const last = events.filter(isLast);
      if (last.length !== 1 || last[0] !== events.at(-1)) {
        throw new Error(`not one last event: ${JSON.stringify(events)}`);
      }
      return last[0] as never;
    },
  };
}

function isLast(event: AgentEvent): boolean {
  return event.kind === "done" || event.kind === "failed" || event.kind === "cancelled";
}

/** The failure of a turn; throws when it ended otherwise. */
export async function failureOf(watched: Watched) {
  const last = await watched.end();
  if (last.kind !== "failed") throw new Error(`not failed: ${JSON.stringify(last)}`);
  return last.failure;
}

export interface LoggedLine {
  readonly event: string;
  readonly fields: LogFields | undefined;
}

/** A log that keeps its lines. */
export function keepLog(): Log & { readonly lines: readonly LoggedLine[] } {
  const lines: LoggedLine[] = [];
  const keep = (event: string, fields?: LogFields) => {
    lines.push({ event, fields });
  };
  return { lines, debug: keep, info: keep, warn: keep, error: keep };
}

/** An agent with the stand-in for Claude Code in a folder. */
export async function fakeAgent(dir: string, scenario: Scenario) {
  const log = keepLog();
  const env = { PATH: process.env.PATH, IS_SANDBOX: "1" };
  const binary = await fakeClaude(dir, scenario);
  return Object.assign(claudeAgent({ binary, args: [], env, secrets: [], log }), { log });
}

/** Runs one turn of a scenario to its end. */
export async function play(dir: string, scenario: Scenario, request: Partial<TurnRequest> = {}) {
  const agent = await fakeAgent(dir, scenario);
  const watched = watch(agent, { cwd: dir, ...request });
  const last = await watched.end();
  return { ...watched, last, log: agent.log };
}

/** The pid that a process has written into a file; waits for it. */
export async function pidIn(file: string): Promise<number> {
  for (;;) {
    const pid = Number(await readFile(file, "utf8").catch(() => ""));
    if (pid > 0) return pid;
    await sleep(5);
  }
}

/** True when the process has ended, or only waits for its parent to take notice (as a zombie). */
export function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return true;
  }
  if (process.platform !== "linux") return false;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
  } catch {
    return true;
  }
}
