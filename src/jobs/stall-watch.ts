import type { Activity } from "../agents/process/activity.ts";
import type { Clock } from "../clock.ts";

export interface StallWatchOptions {
  readonly clock: Clock;
  /** How long without any sign of life, in milliseconds, is too long. */
  readonly stallMs: number;
  /** When something was last heard of the job, as `clock.now()` tells it. */
  readonly lastHeard: () => number;
  readonly activity: () => Promise<Activity>;
  /** Whether its silence has a reason: it waits for a person, or a command of it runs in a process of its own. */
  readonly excused: (activity: Activity) => boolean;
  /** Nothing was seen for `stallMs`. */
  readonly onStall: () => void;
  /** It lives after all. */
  readonly onLife: () => void;
}

const LOOKS = 5;
const SHORTEST_MS = 1_000;
const LONGEST_MS = 60_000;
/** Of one processor: a program that only waits uses a little of it too. */
const IDLE_SHARE = 0.01;

/** Watches a job for signs of life: what it says, what it uses of the processor, and what it has started. */
export class StallWatch {
  readonly #options: StallWatchOptions;
  readonly #everyMs: number;
  #heard: number;
  #aliveAt: number;
  #lookedAt: number;
  #cpuMs = 0;
  #stalled = false;
  #stopped = false;
  #cancelTimer = (): void => {};

  constructor(options: StallWatchOptions) {
    const { clock, stallMs, lastHeard } = options;
    this.#options = options;
    this.#everyMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, stallMs / LOOKS));
    this.#heard = lastHeard();
    this.#aliveAt = clock.monotonic();
    this.#lookedAt = this.#aliveAt;
    this.#schedule();
  }

  /** Somebody knows, and wants to wait: the time begins anew. */
  excuse(): void {
    this.#aliveAt = this.#options.clock.monotonic();
    this.#stalled = false;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelTimer();
  }

  #schedule(): void {
    this.#cancelTimer = this.#options.clock.after(this.#everyMs, () => void this.#look());
  }

  async #look(): Promise<void> {
    const { clock, stallMs, lastHeard, activity, excused, onStall, onLife } = this.#options;
    const seen = await activity();
    if (this.#stopped) return;
    const now = clock.monotonic();
    const used = seen.cpuMs - this.#cpuMs;
    const lives = lastHeard() !== this.#heard || used > (now - this.#lookedAt) * IDLE_SHARE || excused(seen);
    this.#heard = lastHeard();
    this.#cpuMs = seen.cpuMs;
    this.#lookedAt = now;
    if (lives) {
      this.#aliveAt = now;
      if (this.#stalled) onLife();
      this.#stalled = false;
    } else if (!this.#stalled && now - this.#aliveAt >= stallMs) {
      this.#stalled = true;
      onStall();
    }
    this.#schedule();
  }
}
