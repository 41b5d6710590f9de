/** Who has been told lately that he may not use the bot: once an hour is enough for a stranger. */
export interface Refusals {
  /** Whether this user is to be told now. */
  due(userId: number): boolean;
}

const INTERVAL_MS = 60 * 60 * 1000;
/** Strangers must not grow the memory. */
const MOST_USERS = 1_000;

/** @param now Milliseconds that never jump. */
export function createRefusals(now: () => number): Refusals {
  const told = new Map<number, number>();
  return {
    due(userId) {
      const last = told.get(userId);
      if (last !== undefined && now() - last < INTERVAL_MS) return false;
      told.delete(userId);
      told.set(userId, now());
      const oldest = told.size > MOST_USERS ? told.keys().next().value : undefined;
      if (oldest !== undefined) told.delete(oldest);
      return true;
    },
  };
}
