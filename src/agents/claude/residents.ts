import { totalmem } from "node:os";
import { within } from "../../within.ts";
import type { Stay } from "../agent.ts";
import { residentBytes } from "../process/resident-bytes.ts";
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

/** The Claude Code processes that outlive their turns, by the session that they know. */
export class ClaudeResidents {
  readonly #processes = new Map<string, ClaudeProcess>();
  readonly #followed = new WeakSet<ClaudeProcess>();
  readonly #timers = new Map<ClaudeProcess, NodeJS.Timeout>();

  /** The one that knows this session. */
  of(sessionId: string | undefined): ClaudeProcess | undefined {
    return sessionId === undefined ? undefined : this.#processes.get(sessionId);
  }

  /**
   * A turn is over: its process stays when tasks run in it in the background, or when it may wait for the next prompt.
   * @returns whether it stays.
   */
  keep(process: ClaudeProcess, isGood: boolean): boolean {
    const { stay, sessionId } = process;
    const isYoung = performance.now() - process.startedAt < OLDEST_MS;
    const mayWait = isGood && isYoung && (stay?.warmMs ?? 0) > 0;
    if (!stay || sessionId === undefined || (process.tasks.length === 0 && !mayWait)) {
      this.forget(process);
      return false;
    }
    this.#followEnd(process, stay);
    // Anew, so that it is the newest, and known by the session that it is in by now.
    this.forget(process);
    this.#processes.set(sessionId, process);
    stay.onStay(process);
    this.#look(process, mayWait ? stay.warmMs : 0);
    this.#makeRoom(process);
    void residentBytes(process.pid).then((bytes) => {
      if (bytes > MOST_BYTES && this.#isIdle(process)) void this.#retire(process);
    });
    return true;
  }

  /** It is about to end, and takes no more prompts. */
  forget(process: ClaudeProcess): void {
    clearTimeout(this.#timers.get(process));
    this.#timers.delete(process);
    for (const [id, each] of this.#processes) if (each === process) this.#processes.delete(id);
  }

  #followEnd(process: ClaudeProcess, { onGone }: Stay): void {
    if (this.#followed.has(process)) return;
    this.#followed.add(process);
    void process.child.closed.then(async () => {
      this.forget(process);
      // What it had started may outlive it.
      await process.end();
      onGone(process);
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
    this.forget(process);
    process.child.closeStdin();
    await within(process.child.exited, EXIT_MS);
    await process.end();
  }
}
