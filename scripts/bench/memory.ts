import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { startBotServer } from "./bot-server.ts";
import { makeProject, startBridge } from "./bridge.ts";
import { type Bench, toRow } from "./measure.ts";
import { ended, programPath, startProgram } from "./workplace.ts";

/** What the idle bridge holds, next to a program that only waits for the same answer. Linux only. */
export const memory: Bench = async ({ quick }) => {
  if (process.platform !== "linux") return [];
  const server = await startBotServer();
  const pairs = await Promise.all(
    Array.from({ length: quick ? 1 : 5 }, async () => {
      const bridge = await startBridge(server, makeProject(server, { NANOGENT_AGENT: "shell" }));
      const polled = server.nextCall(({ body }) => body === "bare");
      const bare = startProgram(process.execPath, [programPath("poll.mjs"), server.root], {
        stdio: "ignore",
      });
      await polled;
      return { bridge, bare };
    }),
  );
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

/** proc_pid_status(5). */
function residentMegabytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}
