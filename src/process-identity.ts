import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * When a process started, as text that is only good for comparing. Together with the pid it names a process for good:
 * pids are used again. Undefined when there is no such process (or it cannot be seen).
 */
export function startTimeOf(pid: number): string | undefined {
  if (process.platform === "linux") {
    try {
      // proc(5): the name in parentheses may hold anything, so count from behind it; field 22 is the start time.
      const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return fields[0] === "Z" ? undefined : fields[19];
    } catch {
      return undefined;
    }
  }
  try {
    const started = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      // Otherwise two starts of nanogent in different surroundings read different times of one process.
      env: { ...process.env, LC_ALL: "C", TZ: "UTC0" },
    }).trim();
    return started === "" ? undefined : started;
  } catch {
    return undefined;
  }
}
