import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";

/** The processes whose working folder fits. None where there is no `/proc`. */
export function processesWhere(fits: (cwd: string) => boolean): number[] {
  const pids = existsSync("/proc") ? readdirSync("/proc").map(Number) : [];
  return pids.filter((pid) => {
    try {
      return pid > 0 && fits(readlinkSync(`/proc/${pid}/cwd`));
    } catch {
      return false; // ended in between, or of another user
    }
  });
}

/** What a process is called, for people. */
export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "(it has just ended)";
  }
}
