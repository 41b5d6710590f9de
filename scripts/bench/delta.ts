import { setTimeout as sleep } from "node:timers/promises";
import { type BotServer, startBotServer } from "./bot-server.ts";
import { makeProject, startBridge } from "./bridge.ts";
import { type Bench, toRow } from "./measure.ts";
import { ended, executableProgram, programPath, startProgram } from "./workplace.ts";

/** Bridges that work side by side, since most of the time is spent waiting until a message may be edited again. */
const BRIDGES = 3;
const STAGGER_MS = 500;

/**
 * From the agent's text to the edit at the server, when the pace of the chat does not hold it back; next to a bare Node
 * that posts the same agent's output as it comes. Both at the same time, but with their texts at different moments.
 */
export const delta: Bench = async ({ quick }) => {
  const agent = executableProgram("deltas.mjs");
  const results = await Promise.all(
    Array.from({ length: quick ? 1 : BRIDGES }, async (_, index) => {
      await sleep(index * STAGGER_MS);
      return measure(agent, quick ? 1 : 9);
    }),
  );
  const baseline = { what: "bare relay", values: results.flatMap(({ relayed }) => relayed) };
  const values = results.flatMap(({ edited }) => edited);
  const target = { of: "value", atMost: 5 } as const;
  return [toRow({ bench: "delta", what: "to the edit request", unit: "ms", values, baseline, target })];
};

async function measure(agent: string, rounds: number): Promise<{ edited: number[]; relayed: number[] }> {
  const server = await startBotServer();
  const edited = collectDelays(server, "editMessageText");
  const relayed = collectDelays(server, "relay");
  const settings = { NANOGENT_AGENT: "claude", NANOGENT_CLAUDE: agent, NANOGENT_PERMISSIONS: "ask" };
  const bridge = await startBridge(server, makeProject(server, settings, rounds));
  for (let user = 1; user <= rounds; user += 1) {
    const over = server.nextCall(({ body }) => body.includes("✅"));
    await server.say(user, "go", () => 0);
    await sleep(STAGGER_MS);
    const relay = startProgram(process.execPath, [programPath("relay.mjs"), agent, server.root], {
      stdio: "inherit",
    });
    await Promise.all([over, ended(relay)]);
  }
  await bridge.stop();
  server.close();
  return { edited, relayed };
}

/** Gathers how long each time stamp of the agent took to the server, by the first request that holds it. */
function collectDelays(server: BotServer, wanted: string): number[] {
  const delays: number[] = [];
  const seen = new Set<string>();
  server.onCall(({ method, body, at }) => {
    const stamp = [...body.matchAll(/STAMP(\d+)/g)].at(-1)?.[1];
    if (method !== wanted || stamp === undefined || seen.has(stamp)) return;
    seen.add(stamp);
    delays.push(at - Number(stamp) / 1e6);
  });
  return delays;
}
