import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { startTimeOf } from "./process-identity.ts";
import { VERSION } from "./version.ts";

/** The process that has a lock. */
export interface LockHolder {
  readonly pid: number;
  readonly startTime?: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly version: string;
  /** The project that it works in. */
  readonly folder: string;
}

/** A lock that this process has. */
export interface Lock {
  /**
   * Takes it again when its file was removed or spoiled.
   * @throws LockedError when another process holds it by now.
   */
  renew(): void;
  /** Gives it back, if it still is this process's own. */
  release(): void;
}

/** Another process has the lock. */
export class LockedError extends Error {
  override name = "LockedError";
  readonly holder: LockHolder;

  /** @param message For the person at the console: what it means and what to do. */
  constructor(holder: LockHolder, message: string) {
    super(message);
    this.holder = holder;
  }
}

/**
 * Takes a lock for this process. One whose process is gone is taken over.
 * @param folder The project that this process works in.
 * @param explain Says what it means that somebody else has it.
 * @throws LockedError while another process holds it.
 */
export function takeLock(path: string, folder: string, explain: (holder: LockHolder) => string): Lock {
  const startTime = ownStartTime();
  const self: LockHolder = {
    pid: process.pid,
    ...(startTime ? { startTime } : {}),
    since: Date.now(),
    version: VERSION,
    folder,
  };
  const text = JSON.stringify(self);
  const claim = (): void => {
    const other = claimWith(text, path);
    if (other) throw new LockedError(other, explain(other));
  };
  claim();
  return {
    renew() {
      if (readText(path) !== text) claim();
    },
    release() {
      if (readText(path) === text) rmSync(path, { force: true });
    },
  };
}

/** @returns who has the lock, when it is somebody else. */
function claimWith(text: string, path: string): LockHolder | undefined {
  const mine = `${path}.${process.pid}`;
  // One that a killed process of this pid has left may be the lock itself under its other name.
  rmSync(mine, { force: true });
  writeFileSync(mine, text, { mode: 0o600 });
  try {
    return take(path, mine);
  } finally {
    rmSync(mine, { force: true });
  }
}

let ownStart: { readonly time: string | undefined } | undefined;

// Asked once: where there is no /proc it takes a program, and a start takes more than one lock.
function ownStartTime(): string | undefined {
  ownStart ??= { time: startTimeOf(process.pid) };
  return ownStart.time;
}

/** The live process that has a lock, if there is one. */
export function holderOf(path: string): LockHolder | undefined {
  const holder = parseHolder(readText(path) ?? "");
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
