import { chmodSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startTimeOf } from "./process-identity.ts";

/** Where nanogent keeps what it must remember of one project. */
export interface ProjectPaths {
  /** The project's own folder, in which agents work. */
  readonly folder: string;
  readonly env: string;
  readonly state: string;
  readonly journal: string;
  readonly lock: string;
  readonly uploads: string;
  /** Answers that are too long to be kept in memory. */
  readonly spool: string;
}

/** @param part A corner of its own in `.nanogent/`, such as for the local chat, which runs beside the bridge. */
export function projectPaths(folder: string, part = ""): ProjectPaths {
  const state = join(folder, ".nanogent", part);
  return {
    folder,
    env: join(folder, ".env"),
    state,
    journal: join(state, "journal.jsonl"),
    lock: join(state, "lock.json"),
    uploads: join(folder, ".nanogent", "uploads"),
    spool: join(state, "spool"),
  };
}

/** Makes the folder for the state, readable by its owner only whatever the umask is. */
export function prepareState(paths: ProjectPaths): void {
  for (const path of [join(paths.folder, ".nanogent"), paths.state, paths.spool]) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    chmodSync(path, 0o700);
  }
}

/** The bridge that runs in a project. */
export interface LockHolder {
  readonly pid: number;
  readonly startTime?: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly version: string;
}

/** Another bridge runs in this folder. */
export class LockedError extends Error {
  override name = "LockedError";
  readonly holder: LockHolder;

  constructor(holder: LockHolder, folder: string) {
    super(
      `nanogent already runs in ${folder} (pid ${holder.pid}). Stop that one first: kill ${holder.pid}, or Ctrl-C where it runs.`,
    );
    this.holder = holder;
  }
}

/**
 * Takes the project for this process. A lock whose process is gone is taken over.
 * @returns a function that gives it back.
 * @throws LockedError while another process holds it.
 */
export function lockProject(paths: ProjectPaths, version: string): () => void {
  const startTime = startTimeOf(process.pid);
  const self: LockHolder = {
    pid: process.pid,
    ...(startTime ? { startTime } : {}),
    since: Date.now(),
    version,
  };
  const mine = `${paths.lock}.${process.pid}`;
  writeFileSync(mine, JSON.stringify(self), { mode: 0o600 });
  try {
    for (;;) {
      try {
        // A link is made whole or not at all, so nobody ever reads half a lock.
        linkSync(mine, paths.lock);
        return () => {
          if (readLock(paths.lock)?.pid === process.pid) rmSync(paths.lock, { force: true });
        };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
        removeDeadLock(paths);
      }
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

/** The live bridge of a project, if there is one. */
export function lockHolder(paths: ProjectPaths): LockHolder | undefined {
  const holder = readLock(paths.lock);
  return holder && isAlive(holder) ? holder : undefined;
}

function removeDeadLock(paths: ProjectPaths): void {
  const found = lockHolder(paths);
  if (found) throw new LockedError(found, paths.folder);
  // Moving it aside first: of two that start at once, one may already have taken the dead lock's place.
  const aside = `${paths.lock}.dead.${process.pid}`;
  try {
    renameSync(paths.lock, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  const moved = readLock(aside);
  if (moved && isAlive(moved)) linkSync(aside, paths.lock);
  rmSync(aside, { force: true });
}

function readLock(path: string): LockHolder | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    const holder = value as LockHolder;
    return typeof holder?.pid === "number" ? holder : undefined;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, startTime }: LockHolder): boolean {
  const found = startTimeOf(pid);
  return found !== undefined && (startTime === undefined || startTime === found);
}
