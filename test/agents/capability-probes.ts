import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Agent, AgentAnswer } from "../../src/agents/agent.ts";
import { type Watched, watch } from "./turns.ts";

/** A part of an answer of the model. */
type Reply = { text: string } | { tool: string; input: object; id?: string };

/** An agent on its stage, whichever it is. */
export interface Stage {
  readonly agent: Agent;
  readonly cwd: string;
  reply(block: Reply): void;
  /** Has the model run a command. */
  run(command: string): void;
  /** The last request to the model, as text. */
  lastRequest(): string;
  /** Goes on with a copy of a session. Resolves with the copy's id. */
  fork(sessionId: string): Promise<string | undefined>;
  /** Has one process take two prompts. Resolves with how many turns it ended. */
  twoTurns(): Promise<number>;
}

/** Resolves with false, or rejects, when the installed version cannot do it. */
export type Probe = (stage: Stage) => Promise<boolean>;

const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

export async function isDone(watched: Watched): Promise<boolean> {
  return (await watched.end()).kind === "done";
}

async function answerAll(watched: Watched, ...answers: readonly AgentAnswer[]): Promise<void> {
  for (const [index, answer] of answers.entries()) {
    const { id } = await watched.request(index + 1);
    assert.ok(watched.turn.answer(id, answer));
  }
}

const once: AgentAnswer = { kind: "allow", scope: "once" };

/** What works the same with both. */
export const COMMON: Readonly<Record<string, Probe>> = {
  async allow({ agent, cwd, run, reply }) {
    run("touch made");
    reply({ text: "Made." });
    const watched = watch(agent, { cwd });
    await answerAll(watched, once);
    return (await isDone(watched)) && existsSync(join(cwd, "made"));
  },
  async "allow for the session"({ agent, cwd, run, reply }) {
    run("touch made");
    run("touch made");
    reply({ text: "Made." });
    const watched = watch(agent, { cwd });
    await answerAll(watched, { kind: "allow", scope: "session" });
    return (await isDone(watched)) && watched.events.filter(({ kind }) => kind === "request").length === 1;
  },
  async "deny with a reason"({ agent, cwd, run, reply, lastRequest }) {
    run("touch made");
    reply({ text: "Then not." });
    const watched = watch(agent, { cwd });
    await answerAll(watched, { kind: "deny", reason: "use another name" });
    return (await isDone(watched)) && lastRequest().includes("use another name");
  },
  async "steer mid-tool"({ agent, cwd, run, reply, lastRequest }) {
    run("while ! test -f go; do sleep 0.05; done");
    reply({ text: "With tabs." });
    const watched = watch(agent, { cwd, permissions: "skip" });
    await watched.until("tool-start");
    const taken = await watched.turn.steer("use tabs");
    spawnSync("touch", [join(cwd, "go")]);
    return (await isDone(watched)) && taken && lastRequest().includes("use tabs");
  },
  async "interrupt mid-tool"({ agent, cwd, run }) {
    run("sleep 65.75");
    const watched = watch(agent, { cwd, permissions: "skip" });
    await watched.until("tool-start");
    await watched.turn.cancel();
    return (await watched.end()).kind === "cancelled";
  },
  async resume({ agent, cwd, reply, lastRequest }) {
    reply({ text: "Noted." });
    const first = watch(agent, { cwd, prompt: "remember 4711" });
    if (!(await isDone(first))) return false;
    const { sessionId } = await first.until("session");
    reply({ text: "4711." });
    const second = watch(agent, { cwd, prompt: "which?", sessionId });
    return (await isDone(second)) && lastRequest().includes("remember 4711");
  },
  async fork({ agent, cwd, reply, fork, lastRequest }) {
    reply({ text: "Noted." });
    const first = watch(agent, { cwd, prompt: "remember 4711" });
    await isDone(first);
    const { sessionId } = await first.until("session");
    reply({ text: "4711." });
    const copy = await fork(sessionId);
    return copy !== undefined && copy !== sessionId && lastRequest().includes("remember 4711");
  },
  async "second turn in the same process"({ reply, twoTurns }) {
    reply({ text: "One." });
    reply({ text: "Two." });
    return (await twoTurns()) === 2;
  },
  async "image in"({ agent, cwd, reply, lastRequest }) {
    reply({ text: "A dot." });
    const watched = watch(agent, { cwd, images: [{ mediaType: "image/png", base64: PIXEL }] });
    return (await isDone(watched)) && lastRequest().includes(PIXEL.slice(0, 40));
  },
  async "file out"({ agent, cwd, run, reply }) {
    run('printf x > "$NANOGENT_OUTBOX/file.txt"');
    reply({ text: "Sent." });
    const watched = watch(agent, { cwd, permissions: "skip", env: { NANOGENT_OUTBOX: cwd } });
    return (await isDone(watched)) && (await readFile(join(cwd, "file.txt"), "utf8")) === "x";
  },
  async "models offered"({ agent, cwd }) {
    return (await agent.models(cwd)).length > 0;
  },
  async "model switch"({ agent, cwd, reply, lastRequest }) {
    const usedBy = async (model: string): Promise<unknown> => {
      reply({ text: "Hello." });
      await isDone(watch(agent, { cwd, model }));
      return JSON.parse(lastRequest()).model;
    };
    const ids = (await agent.models(cwd)).map(({ id }) => id);
    const used = [await usedBy(ids[0] ?? ""), await usedBy(ids.at(-1) ?? "")];
    return used[0] !== used[1];
  },
  async "mode switch mid-run"({ agent, cwd, run, reply }) {
    // What only reads is not asked about.
    run("touch begun; while ! test -f go; do sleep 0.05; done");
    reply({ text: "Done." });
    const watched = watch(agent, { cwd });
    await answerAll(watched, once);
    const changed = await watched.turn.setMode("edits");
    spawnSync("touch", [join(cwd, "go")]);
    return (await isDone(watched)) && changed;
  },
};

const QUESTION = {
  header: "Color",
  options: ["Red", "Blue"].map((label) => ({ label, description: label })),
};
const answers: AgentAnswer = { kind: "answers", answers: { "Which?": ["Blue"], q: ["Blue"] } };

export const ONLY_CLAUDE: Readonly<Record<string, Probe>> = {
  async "question answered"({ agent, cwd, reply, lastRequest }) {
    const questions = [{ ...QUESTION, question: "Which?", multiSelect: false }];
    reply({ tool: "AskUserQuestion", input: { questions } });
    reply({ text: "Blue." });
    const watched = watch(agent, { cwd });
    await answerAll(watched, answers);
    return (await isDone(watched)) && /Which\?.{1,9}Blue/.test(lastRequest());
  },
  async "plan revised, then approved"({ agent, cwd, reply, lastRequest }) {
    reply({ tool: "ExitPlanMode", input: { plan: "# One" } });
    reply({ tool: "ExitPlanMode", input: { plan: "# Two" } });
    reply({ text: "Built." });
    const watched = watch(agent, { cwd, permissions: "plan" });
    await answerAll(watched, { kind: "deny", reason: "smaller" }, { kind: "approve", edits: false });
    return (await isDone(watched)) && lastRequest().includes("smaller");
  },
};

export const ONLY_CODEX: Readonly<Record<string, Probe>> = {
  async "question answered"({ agent, cwd, reply, lastRequest }) {
    const questions = [{ ...QUESTION, id: "q", question: "Which?" }];
    reply({ tool: "request_user_input", input: { questions } });
    reply({ text: "Blue." });
    const watched = watch(agent, { cwd });
    await answerAll(watched, answers);
    return (await isDone(watched)) && lastRequest().includes("Blue");
  },
};
