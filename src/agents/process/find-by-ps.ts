import { execFile } from "node:child_process";
import type { FoundProcess, ProcessFinder, Tree } from "./tree.ts";

interface Row {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** With the pid it names one process: the pid alone may be given again. */
  readonly started: string;
}

/**
 * Finds a tree's processes where there is no `/proc` (macOS, BSD): the group of its first process and all their
 * descendants. A descendant is remembered from its first sight, since it loses its parent when that one is ended.
 */
export function psFinder({ root }: Tree): ProcessFinder {
  if (!root) return async () => [];
  const known = new Map<number, string>();
  return async () => {
    const rows = await listProcesses();
    // Our process is gone and one with its number lives: the number is another's by now.
    const isReused = !root.isRunning() && rows.some((row) => row.pid === root.pid);
    const isOurs = (row: Row) => known.get(row.pid) === row.started || (!isReused && row.group === root.pid);
    const ours = withDescendants(rows, rows.filter(isOurs)).filter((row) => row.pid !== process.pid);
    known.clear();
    for (const row of ours) known.set(row.pid, row.started);
    // No second look before the signal: it would need one more `ps`, as old as this one by then.
    return ours.map((row): FoundProcess => ({ pid: row.pid, isOurs: () => true }));
  };
}

function listProcesses(): Promise<Row[]> {
  // LC_ALL: the form of the start time follows the language. Zombies have ended and only wait to be read.
  const env = { PATH: process.env.PATH, LC_ALL: "C" };
  return new Promise((resolve) => {
    execFile(
      "ps",
      ["-axo", "pid=,ppid=,pgid=,stat=,lstart="],
      { env, maxBuffer: 64 << 20 },
      (_error, stdout) => {
        resolve(stdout.split("\n").flatMap(parseRow));
      },
    );
  });
}

function parseRow(line: string): Row[] {
  const [, pid, parent, group, state, started] =
    /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line) ?? [];
  if (started === undefined || state?.startsWith("Z")) return [];
  return [{ pid: Number(pid), parent: Number(parent), group: Number(group), started }];
}

function withDescendants(rows: readonly Row[], ancestors: readonly Row[]): Row[] {
  const found = new Map(ancestors.map((row) => [row.pid, row]));
  // A parent may stand behind its child in the list, so again until a pass finds nothing new.
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const row of rows) if (found.has(row.parent)) found.set(row.pid, row);
  }
  return [...found.values()];
}
