import { readdirSync, readFileSync } from "node:fs";
import { setImmediate as nextTick } from "node:timers/promises";
import { JOB_VARIABLE } from "./child-env.ts";
import type { FoundProcess, ProcessFinder, Tree } from "./tree.ts";

// A look at one process takes about 20 µs; a busy machine has thousands of them.
const LOOKS_BETWEEN_TICKS = 64;

/**
 * Finds a tree's processes on Linux: by the mark in their environment, which they keep in a session of their own too,
 * and by the session of the tree's first process, for programs started with an emptied environment.
 * See proc_pid_environ(5) and proc_pid_stat(5).
 */
export function procFinder(tree: Tree): ProcessFinder {
  const mark = Buffer.from(`\0${JOB_VARIABLE}=${tree.jobId}\0`);
  return async () => {
    const session = ownSession(tree);
    const found: FoundProcess[] = [];
    for (const [index, pid] of processIds().entries()) {
      if (index % LOOKS_BETWEEN_TICKS === LOOKS_BETWEEN_TICKS - 1) await nextTick();
      const isOurs = () => isInSession(pid, session) || hasMark(pid, mark);
      if (isOurs()) found.push({ pid, isOurs });
    }
    return found;
  };
}

/** As `procFinder`, in one go: for the moment before the end of the bridge, when nothing can be waited for. */
export function procProcesses(tree: Tree): number[] {
  const mark = Buffer.from(`\0${JOB_VARIABLE}=${tree.jobId}\0`);
  const session = ownSession(tree);
  return processIds().filter((pid) => isInSession(pid, session) || hasMark(pid, mark));
}

/**
 * The session id to go by. It stays taken for as long as any member lives, so it is ours until the last one has
 * ended; but when our process is gone and one with its number lives, then the number is another's by now.
 */
function ownSession({ root }: Tree): number | undefined {
  if (!root) return undefined;
  return root.isRunning() || readStat(root.pid) === undefined ? root.pid : undefined;
}

function processIds(): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid);
}

function isInSession(pid: number, session: number | undefined): boolean {
  if (session === undefined) return false;
  const stat = readStat(pid);
  return stat !== undefined && stat.session === session && stat.state !== "Z" && stat.state !== "X";
}

// The environment of a zombie reads as empty, so a marked process is one that lives.
function hasMark(pid: number, mark: Buffer): boolean {
  const environ = read(`/proc/${pid}/environ`);
  if (!environ) return false;
  return environ.indexOf(mark) >= 0 || environ.subarray(0, mark.length - 1).equals(mark.subarray(1));
}

function readStat(pid: number): { state: string; session: number } | undefined {
  const stat = read(`/proc/${pid}/stat`)?.toString("latin1");
  if (!stat) return undefined;
  // The second field is the program's name in parentheses and may hold spaces and parentheses itself.
  const [state = "", , , session] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { state, session: Number(session) };
}

function read(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined; // ended in between, or of another user
  }
}
