import type { Clock } from "../clock.ts";
import type { Desk } from "./desk.ts";

/** Telegram usually answers in less than one; without a network what waits must not wait for it. */
const LONGEST_MS = 5_000;

/**
 * Keeps the queue of a bridge that has just started from starting anything: what was sent before comes first, since an
 * edit, a removal or a /cancel in it was meant for what waited then.
 */
export class CatchUp {
  /** Resolves when the queue may start. */
  readonly done: Promise<void>;
  #release = (): void => {};
  #handling: Promise<unknown>[] | undefined = [];

  constructor(desk: Desk, clock: Clock) {
    desk.hold();
    this.done = new Promise((resolve) => {
      // Also for what was sent before: dealing with it may need the network.
      const stopWaiting = clock.after(LONGEST_MS, () => this.#release());
      this.#release = () => {
        stopWaiting();
        this.#handling = undefined;
        desk.release();
        resolve();
      };
    });
  }

  /** Something that was sent before the start, perhaps, is being dealt with. */
  track(handling: Promise<unknown>): void {
    this.#handling?.push(handling);
  }

  /** Everything that was sent before has been tracked. */
  end(): void {
    if (this.#handling) void Promise.all(this.#handling).then(this.#release);
  }

  /** Nothing is started any more. */
  stop(): void {
    this.#release();
  }
}
