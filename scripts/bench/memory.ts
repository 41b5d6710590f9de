import { setTimeout as sleep } from "node:timers/promises";
import { startBotServer } from "./bot-server.ts";
import { type Bench, toRow } from "./measure.ts";
import { startPairs } from "./pairs.ts";
import { residentMegabytes } from "./resident.ts";
import { ended } from "./workplace.ts";

/** What the idle bridge holds, next to a program that only waits for the same answer. Linux only. */
export const memory: Bench = async ({ quick }) => {
  if (process.platform !== "linux") return [];
  const server = await startBotServer();
  const pairs = await startPairs(server, quick ? 1 : 5);
  await sleep(quick ? 100 : 5_000);
  const values = pairs.map(({ bridge }) => residentMegabytes(bridge.pid));
  const bare = pairs.map(({ bare: { pid } }) => residentMegabytes(pid ?? 0));
  await Promise.all(
    pairs.map(({ bridge, bare: child }) => {
      child.kill();
      return Promise.all([bridge.stop(), ended(child)]);
    }),
  );
  server.close();
  const baseline = { what: "bare long poll", values: bare };
  return [
    toRow({
      bench: "memory",
      what: "idle",
      unit: "MB",
      values,
      baseline,
      target: { of: "value", atMost: 52 },
    }),
  ];
};
