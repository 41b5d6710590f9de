/** A budget that refills with time: up to `size` calls at once, then one in `refillMs`. */
export interface Bucket {
  /** Milliseconds until so many tokens are there; not above 0 when they are. */
  wait(tokens: number): number;
  take(): void;
  /** From this time on there is one token, and nothing has been saved up before. */
  restart(at: number): void;
  full(): boolean;
}

/** @param now Milliseconds that never jump. */
export function createBucket(size: number, refillMs: number, now: () => number): Bucket {
  let tokens = size;
  let counted = now();

  function count(): void {
    const time = Math.max(counted, now());
    tokens = Math.min(size, tokens + (time - counted) / refillMs);
    counted = time;
  }

  return {
    wait(wanted) {
      count();
      return (wanted - tokens) * refillMs;
    },
    take() {
      count();
      tokens -= 1;
    },
    restart(at) {
      tokens = 1;
      counted = at;
    },
    full() {
      count();
      return tokens === size;
    },
  };
}
