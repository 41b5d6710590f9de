import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { procProcesses } from "./find-by-proc.ts";
import type { Tree } from "./tree.ts";

/** What a turn's processes show of life from outside. */
export interface Activity {
  /** How many there are; 0 when they cannot be seen. */
  readonly processes: number;
  /** What those that live have used of the processor, in milliseconds. */
  readonly cpuMs: number;
}

/** Looks at the processes of a tree. Never rejects. */
export async function activityOf(tree: Tree): Promise<Activity> {
  if (process.platform !== "linux") return activityByPs(tree);
  let times: number[] = [];
  try {
    times = procProcesses(tree).map(cpuMsOf);
  } catch {
    // Too many open files, say: what cannot be seen shows nothing.
  }
  return { processes: times.length, cpuMs: times.reduce((sum, ms) => sum + ms, 0) };
}

/** Linux counts in hundredths of a second towards programs, whatever the kernel does itself (times(2), USER_HZ). */
const TICK_MS = 10;

function cpuMsOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // proc_pid_stat(5): utime and stime are fields 14 and 15; the name in field 2 may hold anything.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return 0; // ended in between
  }
}

function activityByPs({ root }: Tree): Promise<Activity> {
  if (!root) return Promise.resolve({ processes: 0, cpuMs: 0 });
  const env = { PATH: process.env.PATH, LC_ALL: "C" };
  return new Promise((resolve) => {
    execFile("ps", ["-axo", "pgid=,time="], { env, maxBuffer: 64 << 20 }, (_error, stdout) => {
      const times = stdout.split("\n").flatMap((line) => {
        const [, group, time] = /^\s*(\d+)\s+(\S+)/.exec(line) ?? [];
        return time !== undefined && Number(group) === root.pid ? [parseTime(time)] : [];
      });
      resolve({ processes: times.length, cpuMs: times.reduce((sum, ms) => sum + ms, 0) });
    });
  });
}

/** `[[days-]hours:]minutes:seconds[.hundredths]` in milliseconds. */
function parseTime(text: string): number {
  const [, days, rest = ""] = /^(?:(\d+)-)?(.*)$/.exec(text) ?? [];
  const seconds = rest.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  return (Number(days ?? 0) * 86_400 + seconds) * 1_000;
}
