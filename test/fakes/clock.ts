import { setImmediate } from "node:timers/promises";
import type { Clock } from "../../src/clock.ts";

export interface FakeClock extends Clock {
  /** Lets time pass: calls back what is due, in order, and lets promises settle before and after each. */
  advance(ms: number): Promise<void>;
  /** How many callbacks are waiting for their time. */
  readonly pending: number;
}

const EPOCH = Date.UTC(2026, 0, 1);

/** A clock that stands still until it is advanced. */
export function fakeClock(): FakeClock {
  let time = 0;
  const timers = new Set<{ readonly at: number; readonly callback: () => void }>();

  function nextDue(end: number): { readonly at: number; readonly callback: () => void } | undefined {
    const due = [...timers].filter(({ at }) => at <= end);
    // Sorting keeps the order of those that are due at one time.
    return due.toSorted((a, b) => a.at - b.at)[0];
  }

  return {
    now: () => EPOCH + time,
    monotonic: () => time,
    after(ms, callback) {
      const timer = { at: time + Math.max(0, ms), callback };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    get pending() {
      return timers.size;
    },
    async advance(ms) {
      const end = time + ms;
      await setImmediate();
      for (let timer = nextDue(end); timer; timer = nextDue(end)) {
        timers.delete(timer);
        time = timer.at;
        timer.callback();
        await setImmediate();
      }
      time = end;
    },
  };
}
