import { setTimeout as sleep } from "node:timers/promises";
import { startBotServer } from "./bot-server.ts";
import { coreUse } from "./core-use.ts";
import { type Bench, toRow } from "./measure.ts";
import { startPairs } from "./pairs.ts";
import { ended } from "./workplace.ts";

/** What starting up leaves to be done: compiling, collecting garbage. */
const SETTLE_MS = 3_000;
const MEASURED_MS = 15_000;

/**
 * How much of one core a bridge uses while nobody writes, and while Telegram refuses connections; next to a program
 * that only waits, and tries again after a second. Linux only.
 */
export const idle: Bench = async ({ quick }) => {
  if (process.platform !== "linux") return [];
  const server = await startBotServer();
  const pairs = await startPairs(server, quick ? 1 : 5);
  const pids = {
    bridge: pairs.map(({ bridge: { pid } }) => pid),
    bare: pairs.map(({ bare: { pid = 0 } }) => pid),
  };
  const ms = quick ? 200 : MEASURED_MS;
  const measure = async (): Promise<{ bridge: number[]; bare: number[] }> => {
    await sleep(quick ? 100 : SETTLE_MS);
    const [bridge, bare] = await Promise.all([coreUse(pids.bridge, ms), coreUse(pids.bare, ms)]);
    return { bridge, bare };
  };
  const waiting = await measure();
  server.close();
  const refused = await measure();
  await Promise.all(
    pairs.map(({ bridge, bare }) => {
      bare.kill();
      return Promise.all([bridge.stop(), ended(bare)]);
    }),
  );
  return [
    toRow({
      ...{ bench: "idle", what: "waiting for messages", unit: "% of a core", values: waiting.bridge },
      baseline: { what: "bare long poll", values: waiting.bare },
      target: { of: "value", atMost: 0.3 },
    }),
    toRow({
      ...{ bench: "idle", what: "connections refused", unit: "% of a core", values: refused.bridge },
      baseline: { what: "one try a second", values: refused.bare },
      target: { of: "value", atMost: 1 },
    }),
  ];
};
