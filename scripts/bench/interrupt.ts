import type { Agent, AgentEvent } from "../../src/agents/agent.ts";
import { claudeAgent } from "../../src/agents/claude/claude.ts";
import { codexAgent } from "../../src/agents/codex/codex.ts";
import { silentLog } from "../../src/log.ts";
import { buttonData, startBotServer } from "./bot-server.ts";
import { makeProject, startBridge } from "./bridge.ts";
import { type Bench, monotonic, type Row, toRow } from "./measure.ts";
import { claudeForBench, codexForBench, type RealAgent } from "./real-agents.ts";
import { temporaryFolder } from "./workplace.ts";

/**
 * From the press of Stop to the start of the next job, while a tool of the real agent runs; next to the same agent that is
 * stopped without a bridge around it.
 */
export const interrupt: Bench = async ({ quick }) => {
  const rows: Row[] = [];
  const rounds = quick ? 1 : 7;
  const claude = await claudeForBench();
  if (claude) rows.push(await measure("claude", claude, rounds));
  const codex = await codexForBench();
  if (codex) rows.push(await measure("codex", codex, rounds));
  return rows;
};

async function measure(name: "claude" | "codex", real: RealAgent, rounds: number): Promise<Row> {
  const server = await startBotServer();
  const settings = {
    NANOGENT_AGENT: name,
    [name === "claude" ? "NANOGENT_CLAUDE" : "NANOGENT_CODEX"]: real.binary,
  };
  // Every round in a chat of its own: none waits for the pace of another.
  const bridge = await startBridge(server, makeProject(server, settings, 2 * rounds), real.env);
  const values: number[] = [];
  const alone: number[] = [];
  for (let user = 1; user <= rounds; user += 1) {
    real.runs(`sleep ${300 + user}`);
    const running = server.nextCall(
      ({ body }) => body.includes(`sleep ${300 + user}`) && body.includes("stop:"),
    );
    await server.say(user, "go", monotonic);
    const call = await running;
    await server.say(rounds + user, "next", monotonic);
    real.says("Next.");
    const next = bridge.logs("agent started");
    const over = server.nextCall(({ body }) => body.includes("Next.") && body.includes("✅"));
    const pressed = await server.press(user, buttonData(call, "Stop"), monotonic);
    values.push((await next) - pressed);
    await over;
    alone.push(await withoutBridge(name, real, user));
  }
  await bridge.stop();
  server.close();
  await real.close();
  return toRow({
    ...{ bench: "interrupt", what: `${name}, Stop to the next job`, unit: "ms", values },
    baseline: { what: "the agent alone", values: alone },
    target: { of: "value", atMost: 500 },
  });
}

/** How long the agent's own stopping takes, in milliseconds. */
async function withoutBridge(name: "claude" | "codex", real: RealAgent, round: number): Promise<number> {
  const options = { binary: real.binary, env: real.env, secrets: [], log: silentLog };
  const agent: Agent = name === "claude" ? claudeAgent({ ...options, args: [] }) : codexAgent(options);
  real.runs(`sleep ${400 + round}`);
  let onTool = (): void => {};
  const running = new Promise<void>((resolve) => {
    onTool = resolve;
  });
  const onEvent = ({ kind }: AgentEvent): void => {
    if (kind === "tool-start") onTool();
  };
  const request = {
    prompt: "go",
    cwd: temporaryFolder(),
    permissions: "skip",
    jobId: `bench-${round}`,
  } as const;
  const turn = agent.run(request, onEvent);
  await running;
  // As in the chat, where the tool is seen a moment after it has begun.
  await new Promise((resolve) => setTimeout(resolve, 300));
  const began = monotonic();
  await turn.cancel();
  return monotonic() - began;
}
