import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Agent, AgentRequest, PermissionRequest } from "../../../src/agents/agent.ts";
import { type CodexOptions, codexAgent } from "../../../src/agents/codex/codex.ts";
import { type FakeModel, startModel } from "../../fakes/openai.ts";
import { codexEnv, codexHome, type HomeOptions, realCodex } from "../../fakes/real-codex.ts";
import { inFolder, keepLog, type Watched } from "../turns.ts";

export const real = await realCodex();
/** For `test(name, REAL, …)`: skipped where the real program cannot be had. */
export const REAL = { skip: "skip" in real && real.skip, timeout: 60_000 };

export interface Stage {
  readonly agent: Agent;
  /** What the agent was made with. */
  readonly options: CodexOptions;
  readonly model: FakeModel;
  /** The project's folder. */
  readonly cwd: string;
  /** The program's own folder (`CODEX_HOME`). */
  readonly home: string;
}

/** The real program with a home of its own, talking to a scripted model. */
export async function onStage(
  play: (stage: Stage) => Promise<void>,
  { env = {}, ...options }: HomeOptions & { readonly env?: NodeJS.ProcessEnv } = {},
): Promise<void> {
  await inFolder(async (dir) => {
    const model = await startModel();
    const home = await codexHome(model.url, options);
    try {
      const cwd = join(dir, "project");
      await mkdir(cwd);
      const log = keepLog();
      const binary = "binary" in real ? real.binary : "";
      const codex = { binary, env: { ...codexEnv(home.path), ...env }, secrets: [], log };
      await play({ agent: codexAgent(codex), options: codex, model, cwd, home: home.path });
    } finally {
      await model.close();
      await home.remove();
    }
  });
}

/** The request of this number in a turn, counted from 1. */
export async function requestOf(watched: Watched, count: number): Promise<AgentRequest> {
  for (;;) {
    const found = watched.events.filter((event) => event.kind === "request")[count - 1];
    if (found) return found.request;
    if (watched.events.some(({ kind }) => kind === "done" || kind === "failed" || kind === "cancelled")) {
      throw new Error(`no request ${count} in ${JSON.stringify(watched.events)}`);
    }
    await sleep(5);
  }
}

export async function permissionOf(watched: Watched, count = 1): Promise<PermissionRequest> {
  const request = await requestOf(watched, count);
  if (request.kind !== "permission") throw new Error(`no permission: ${JSON.stringify(request)}`);
  return request;
}
