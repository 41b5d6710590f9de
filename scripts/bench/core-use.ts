import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { monotonic } from "./measure.ts";

/** What each process uses of one core, in percent, over so many milliseconds. Linux only. */
export async function coreUse(pids: readonly number[], ms: number): Promise<number[]> {
  const began = monotonic();
  const before = pids.map(cpuMs);
  await sleep(ms);
  const passed = monotonic() - began;
  return pids.map((pid, index) => ((cpuMs(pid) - (before[index] ?? 0)) / passed) * 100);
}

/** Of all threads: the first field of schedstat, in nanoseconds. The ticks of proc_pid_stat(5) are too coarse. */
export function cpuMs(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const spent = threads.map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]),
  );
  return spent.reduce((sum, each) => sum + each, 0) / 1e6;
}
