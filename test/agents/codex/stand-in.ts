import type { TurnRequest } from "../../../src/agents/agent.ts";
import { codexAgent } from "../../../src/agents/codex/codex.ts";
import type { Step } from "../../fakes/claude-cli.ts";
import { fakeCodex } from "../../fakes/codex-cli.ts";
import { keepLog, watch } from "../turns.ts";

/** An agent with the stand-in for Codex in a folder. */
export async function fakeAgent(dir: string, steps: readonly Step[]) {
  const log = keepLog();
  const env = { PATH: process.env.PATH, TELEGRAM_BOT_TOKEN: "1:a", OTHER: "secret" };
  const binary = await fakeCodex(dir, steps);
  return Object.assign(codexAgent({ binary, env, secrets: ["secret"], log }), { log });
}

/** Runs one turn of a script to its end. */
export async function play(dir: string, steps: readonly Step[], request: Partial<TurnRequest> = {}) {
  const agent = await fakeAgent(dir, steps);
  const watched = watch(agent, { cwd: dir, ...request });
  return { ...watched, last: await watched.end(), log: agent.log };
}
