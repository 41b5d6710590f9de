/** Waiting times after failures in a row: 1 s doubling to 30 s, each shortened by up to a half at random. */
export interface Backoff {
  /** Milliseconds to wait after one more failure; `longestMs` where even 30 s would be too long. */
  next(longestMs?: number): number;
  /** It worked again. */
  reset(): void;
  readonly failures: number;
}

const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;

export function createBackoff(random: () => number = Math.random): Backoff {
  let failures = 0;
  return {
    next(longestMs = LONGEST_MS) {
      const full = Math.min(longestMs, FIRST_MS * 2 ** failures);
      failures += 1;
      // Jitter only shortens: after an outage many bridges must not come back in step.
      return Math.max(FIRST_MS, full * (0.5 + random() / 2));
    },
    reset() {
      failures = 0;
    },
    get failures() {
      return failures;
    },
  };
}
