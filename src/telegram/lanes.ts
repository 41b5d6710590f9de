import type { Clock } from "../clock.ts";
import type { Bucket } from "./bucket.ts";
import { Lane, type Operation } from "./lane.ts";
import { createOverallBucket } from "./pacing.ts";

/** Beyond this many, lanes of chats that nobody uses are forgotten: strangers must not grow the memory. */
const MOST_LANES = 200;

/** The lanes of all chats: none waits for another, but all of them keep within one budget. */
export class Lanes {
  readonly #clock: Clock;
  readonly #overall: Bucket;
  readonly #lanes = new Map<number, Lane>();
  readonly #flushing = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#overall = createOverallBucket(() => clock.monotonic());
  }

  get size(): number {
    return this.#lanes.size;
  }

  add(chatId: number, operation: Operation): void {
    const lane = this.#lanes.get(chatId) ?? this.#open(chatId);
    lane.add(operation);
  }

  /** The network is back: nothing waits any longer because of failures. */
  wake(): void {
    for (const lane of this.#lanes.values()) lane.wake();
  }

  /** Resolves when everything that must be delivered has been, or after `ms`. */
  flush(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if ([...this.#lanes.values()].every((lane) => lane.delivered)) finish();
      };
      const finish = (): void => {
        cancel();
        this.#flushing.delete(check);
        resolve();
      };
      const cancel = this.#clock.after(ms, finish);
      this.#flushing.add(check);
      check();
    });
  }

  #open(chatId: number): Lane {
    for (const [id, lane] of this.#lanes) {
      if (this.#lanes.size < MOST_LANES) break;
      if (lane.rested) this.#lanes.delete(id);
    }
    // The ids of groups are negative.
    const lane = new Lane(this.#clock, chatId < 0, this.#overall, () => {
      for (const check of this.#flushing) check();
    });
    this.#lanes.set(chatId, lane);
    return lane;
  }
}
