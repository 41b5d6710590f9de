import { setTimeout as sleep } from "node:timers/promises";
import { type BotServer, startBotServer } from "./bot-server.ts";
import { makeProject, startBridge } from "./bridge.ts";
import { type Bench, toRow } from "./measure.ts";
import { residentMegabytes } from "./resident.ts";

/** Many chats, since each is written to at its own slow pace. */
const CHATS = 20;

/** What the bridge holds more after many prompts than after few. Linux only. */
export const growth: Bench = async ({ quick }) => {
  if (process.platform !== "linux") return [];
  const server = await startBotServer();
  const bridge = await startBridge(server, makeProject(server, { NANOGENT_AGENT: "shell" }, CHATS));
  const [warmUp, prompts] = quick ? [5, 5] : [500, 500];
  await runPrompts(server, warmUp);
  const before = residentMegabytes(bridge.pid);
  await runPrompts(server, prompts);
  const after = residentMegabytes(bridge.pid);
  await bridge.stop();
  server.close();
  const baseline = { what: `after ${warmUp}`, values: [before] };
  return [
    toRow({
      bench: "growth",
      what: `memory after ${prompts} prompts more`,
      unit: "MB",
      values: [after],
      baseline,
    }),
  ];
};

/** Has commands run in all chats in turn. Resolves when each has its answer and the bridge is at rest. */
async function runPrompts(server: BotServer, count: number): Promise<void> {
  let answers = 0;
  server.onCall(({ body }) => {
    // The footer of a finished answer.
    if (body.includes("exit 0 · ")) answers += 1;
  });
  for (let prompt = 0; prompt < count; prompt++) {
    await server.say((prompt % CHATS) + 1, `echo ${prompt}`, Date.now);
  }
  while (answers < count) await sleep(50);
  await sleep(1_000);
}
