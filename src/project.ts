import { chmodSync, linkSync, lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

/** The state is not as nanogent makes it: what it points at may belong to something else. Fit for the console. */
export class UnsafeStateError extends Error {
  override name = "UnsafeStateError";

  constructor(path: string, fault: string) {
    super(`${path} ${fault}. nanogent did not make it like this: move it away, then start again.`);
  }
}

/**
 * Makes the folder for the state, readable by its owner only whatever the umask is.
 * @throws UnsafeStateError before anything is changed, when links, other kinds of file or folders of another user lie
 * there, such as from a repository that carries them.
 */
export function prepareState(paths: ProjectPaths): void {
  const folders = [join(paths.folder, ".nanogent"), paths.state, paths.spool];
  for (const path of folders) refuseUnlessOwn(path, "folder");
  for (const path of [paths.journal, paths.lock]) refuseUnlessOwn(path, "file");
  for (const path of folders) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    chmodSync(path, 0o700);
  }
}

function refuseUnlessOwn(path: string, kind: "folder" | "file"): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return;
  if (found.isSymbolicLink()) throw new UnsafeStateError(path, "is a symbolic link");
  const fits = kind === "folder" ? found.isDirectory() : found.isFile();
  if (!fits) throw new UnsafeStateError(path, `is not a plain ${kind}`);
  // Systems without users give 0 for everybody and have no getuid.
  const user = process.getuid?.();
  if (kind === "folder" && user !== undefined && found.uid !== user) {
    throw new UnsafeStateError(path, "belongs to another user");
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
  const text = JSON.stringify(self);
  const mine = `${paths.lock}.${process.pid}`;
  // One that a killed process of this pid has left may be the lock itself under its other name.
  rmSync(mine, { force: true });
  writeFileSync(mine, text, { mode: 0o600 });
  try {
    const other = take(paths.lock, mine);
    if (other) throw new LockedError(other, paths.folder);
  } finally {
    rmSync(mine, { force: true });
  }
  return () => {
    if (readText(paths.lock) === text) rmSync(paths.lock, { force: true });
  };
}

/** The live bridge of a project, if there is one. */
export function lockHolder(paths: ProjectPaths): LockHolder | undefined {
  const holder = parseHolder(readText(paths.lock) ?? "");
  return holder && isAlive(holder) ? holder : undefined;
}

/** Gives the file `mine` the name of the lock as well. @returns who has the lock, when it is somebody else. */
function take(lock: string, mine: string): LockHolder | undefined {
  for (;;) {
    if (linked(mine, lock)) return undefined;
    const found = readText(lock);
    if (found === undefined) continue;
    const holder = parseHolder(found);
    if (holder && isAlive(holder)) return holder;
    // Of many that find a dead lock at once, only the one with the guard may remove it. Who has that is about to start.
    const guard = `${lock}.guard`;
    const taker = take(guard, mine);
    if (taker) return taker;
    // Its process was dead when it was looked at: unchanged, it is nobody's.
    if (readText(lock) === found) rmSync(lock, { force: true });
    rmSync(guard, { force: true });
  }
}

// A link is made whole or not at all, so nobody ever reads half a lock.
function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function parseHolder(text: string): LockHolder | undefined {
  try {
    const value = JSON.parse(text) as LockHolder | null;
    return typeof value?.pid === "number" ? value : undefined;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, startTime }: LockHolder): boolean {
  // Where start times can be read every lock has one: without it, nobody knows whose pid it is.
  return startTime !== undefined && startTimeOf(pid) === startTime;
}
