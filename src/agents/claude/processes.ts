import { totalmem } from "node:os";
import { within } from "../../within.ts";
import { residentBytes } from "../process/resident-bytes.ts";
import { type SessionGrants, sessionGrants } from "../session-grants.ts";
import type { ClaudeProcess } from "./process.ts";

/** More than these do not wait for a prompt at the same time; each takes 200 to 400 MB. */
const MOST_WARM = 3;
/** One that has grown beyond this is replaced; on a small machine beyond a quarter of its memory. */
const MOST_BYTES = Math.min(1 << 30, totalmem() / 4);
/** One that is older does not wait for another prompt. */
const OLDEST_MS = 6 * 60 * 60 * 1000;
/** Nobody may know any more what a task that runs for longer is for. */
const LONGEST_TASK_MS = 24 * 60 * 60 * 1000;
/** A task may end without a word; so often that is looked after. */
const LOOK_MS = 60_000;
const EXIT_MS = 10_000;

/**
 * The Claude Code processes by the sessions that they are in, whether they work or wait: two must not write one session.
 * Agents with other settings find them again.
 */
export class ClaudeProcesses {
  /** What was allowed for the rest of a session. */
  readonly grants: SessionGrants = sessionGrants();
  readonly #processes = new Map<string, ClaudeProcess>();
  readonly #followed = new WeakSet<ClaudeProcess>();
  readonly #timers = new Map<ClaudeProcess, NodeJS.Timeout>();

  /** The one that is in this session. */
  of(sessionId: string | undefined): ClaudeProcess | undefined {
    return sessionId === undefined ? undefined : this.#processes.get(sessionId);
  }

  /** It is in this session from now on, until it has ended. */
  enter(process: ClaudeProcess, sessionId: string): void {
    this.#followEnd(process);
    // Anew, so that it is the newest; it may have been in another one before.
    for (const [id, each] of this.#processes) if (each === process) this.#processes.delete(id);
    this.#processes.set(sessionId, process);
  }

  /**
   * A turn is over: its process stays when tasks run in it in the background, or when it may wait for the next prompt.
   * @returns whether it stays.
   */
  keep(process: ClaudeProcess, isGood: boolean): boolean {
    const { stay, sessionId } = process;
    const isYoung = performance.now() - process.startedAt < OLDEST_MS;
    const mayWait = isGood && isYoung && (stay?.warmMs ?? 0) > 0;
    clearTimeout(this.#timers.get(process));
    if (!stay || sessionId === undefined || (process.tasks.length === 0 && !mayWait)) return false;
    this.enter(process, sessionId);
    stay.onStay(process);
    this.#look(process, mayWait ? stay.warmMs : 0);
    this.#makeRoom(process);
    void residentBytes(process.pid).then((bytes) => {
      if (bytes > MOST_BYTES && this.#isIdle(process)) void this.#retire(process);
    });
    return true;
  }

  #followEnd(process: ClaudeProcess): void {
    if (this.#followed.has(process)) return;
    this.#followed.add(process);
    void process.child.closed.then(async () => {
      clearTimeout(this.#timers.get(process));
      this.#timers.delete(process);
      for (const [id, each] of this.#processes) if (each === process) this.#processes.delete(id);
      // What it had started may outlive it.
      await process.end();
      process.stay?.onGone(process);
    });
  }

  /** Ends it when it has waited long enough, has nothing to do, and does nothing. */
  #look(process: ClaudeProcess, ms: number): void {
    const timer = setTimeout(
      () => {
        const isStuck = performance.now() - process.startedAt > LONGEST_TASK_MS;
        if (this.#isIdle(process) || (isStuck && !process.isBusy)) void this.#retire(process);
        else this.#look(process, LOOK_MS);
      },
      Math.max(ms, process.tasks.length > 0 ? LOOK_MS : 0),
    );
    timer.unref();
    this.#timers.set(process, timer);
  }

  #isIdle(process: ClaudeProcess): boolean {
    return !process.isBusy && process.tasks.length === 0;
  }

  #makeRoom(newest: ClaudeProcess): void {
    const idle = [...this.#processes.values()].filter((each) => each === newest || this.#isIdle(each));
    // A map keeps its order: those that came first have waited longest.
    for (const process of idle.slice(0, Math.max(0, idle.length - MOST_WARM))) void this.#retire(process);
  }

  async #retire(process: ClaudeProcess): Promise<void> {
    process.leave();
    await within(process.child.exited, EXIT_MS);
    await process.end();
  }
}
