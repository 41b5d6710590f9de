import { setTimeout as sleep } from "node:timers/promises";
import { startBotServer } from "./bot-server.ts";
import { makeProject, startBridge } from "./bridge.ts";
import { type Bench, toRow } from "./measure.ts";
import { residentMegabytes } from "./resident.ts";
import { ended, executableProgram, programPath, startProgram } from "./workplace.ts";

const TOPICS = 20;
/** In several chats, since each is written to at its own slow pace. */
const CHATS = 5;
const TURNS = 3;

/** What the bridge holds when each of 20 topics has had some turns, next to a program that only waits. Linux only. */
export const topics: Bench = async ({ quick }) => {
  if (process.platform !== "linux") return [];
  const values: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < (quick ? 1 : 3); round += 1) {
    const server = await startBotServer();
    const settings = {
      NANOGENT_CLAUDE: executableProgram("turn.mjs"),
      NANOGENT_PERMISSIONS: "ask",
      NANOGENT_PARALLEL: "4",
    };
    const bridge = await startBridge(server, makeProject(server, settings, CHATS));
    let answers = 0;
    server.onCall(({ body }) => {
      // The footer of a finished answer.
      if (/✅ \d/.test(body)) answers += 1;
    });
    const count = quick ? TOPICS : TOPICS * TURNS;
    for (let prompt = 0; prompt < count; prompt += 1) {
      const topic = prompt % TOPICS;
      await server.say((topic % CHATS) + 1, `go ${prompt}`, Date.now, 100 + topic);
    }
    while (answers < count) await sleep(50);
    const waiting = startProgram(process.execPath, [programPath("poll.mjs"), server.root], {
      stdio: "ignore",
    });
    await sleep(quick ? 200 : 5_000);
    values.push(residentMegabytes(bridge.pid));
    bare.push(residentMegabytes(waiting.pid ?? 0));
    waiting.kill();
    await Promise.all([bridge.stop(), ended(waiting)]);
    server.close();
  }
  return [
    toRow({
      ...{ bench: "topics", what: `memory with ${TOPICS} of them`, unit: "MB", values },
      baseline: { what: "bare long poll", values: bare },
      target: { of: "value", atMost: 80 },
    }),
  ];
};
