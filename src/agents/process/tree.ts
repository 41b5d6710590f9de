import { setTimeout as sleep } from "node:timers/promises";
import { startTimeOf } from "../../process-identity.ts";
import { procFinder, procProcesses } from "./find-by-proc.ts";
import { psFinder } from "./find-by-ps.ts";

const SECOND_LOOK_MS = 20;

/** What belongs to a turn: everything in its first process's session, and everything that carries its mark. */
export interface Tree {
  /** The value of `NANOGENT_JOB` in the environment of the turn's processes. */
  readonly jobId: string;
  /** The turn's first process, which leads a group and a session of its own. */
  readonly root?: { readonly pid: number; isRunning(): boolean };
}

export interface FoundProcess {
  readonly pid: number;
  /** Asked right before each signal, since a process id may be given to another program at any time. */
  isOurs(): boolean;
}

/** Finds the processes of a tree that live now. */
export type ProcessFinder = () => Promise<readonly FoundProcess[]>;

/**
 * Ends a process tree: SIGTERM to all of it, and SIGKILL to what is left after `termMs`. Resolves when nothing of it
 * is left, or when even SIGKILL did not help for `killMs` (a process stuck in the kernel, or of another user).
 */
export async function endTree(
  tree: Tree,
  { termMs = 2_000, killMs = 2_000 }: { termMs?: number; killMs?: number } = {},
): Promise<void> {
  const find = lookTwice(process.platform === "linux" ? procFinder(tree) : psFinder(tree));
  const found = await find();
  if (found.length === 0) return;
  signal(tree, found, "SIGTERM");
  if (await isGone(find, termMs, () => {})) return;
  // With each look again: a process may have started another one between the look and the signal.
  await isGone(find, killMs, (left) => signal(tree, left, "SIGKILL"));
}

/** SIGKILL to all of a tree that can be found at once, for a bridge that ends without waiting. */
export function killTree(tree: Tree): void {
  if (tree.root?.isRunning()) send(-tree.root.pid, "SIGKILL");
  if (process.platform === "linux") for (const pid of procProcesses(tree)) send(pid, "SIGKILL");
}

/**
 * Ends what is left of a turn whose bridge was killed. `first` is the turn's first process as it was noted at its start.
 * Once that one has ended, only the mark tells what belongs to the turn, which works on Linux alone.
 */
export async function endOrphans(
  first: { readonly pid: number; readonly startTime?: string } | undefined,
  jobId: string,
): Promise<void> {
  const isRunning = () => first?.startTime !== undefined && startTimeOf(first.pid) === first.startTime;
  await endTree(first && isRunning() ? { jobId, root: { pid: first.pid, isRunning } } : { jobId });
}

/**
 * While a process becomes another program (execve) its environment reads as empty for a moment, and so it carries no
 * mark: a look that finds nothing is not believed alone.
 */
function lookTwice(find: ProcessFinder): ProcessFinder {
  return async () => {
    const found = await find();
    if (found.length > 0) return found;
    await sleep(SECOND_LOOK_MS);
    return find();
  };
}

async function isGone(
  find: ProcessFinder,
  deadlineMs: number,
  onLeft: (left: readonly FoundProcess[]) => void,
): Promise<boolean> {
  const deadline = performance.now() + deadlineMs;
  for (let pause = 10; performance.now() < deadline; pause = Math.min(pause * 2, 100)) {
    await sleep(pause);
    const left = await find();
    if (left.length === 0) return true;
    onLeft(left);
  }
  return false;
}

function signal(tree: Tree, found: readonly FoundProcess[], name: "SIGTERM" | "SIGKILL"): void {
  // The group first, in one call, so that none can start another in between. Only while its leader lives:
  // after that the number may be given to a group of others.
  if (tree.root?.isRunning()) send(-tree.root.pid, name);
  for (const one of found) {
    if (one.isOurs()) send(one.pid, name);
  }
}

function send(target: number, name: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(target, name);
  } catch {
    // Ended in between (ESRCH), or of another user (EPERM): the next look tells.
  }
}
