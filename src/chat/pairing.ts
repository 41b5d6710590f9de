import { randomInt, timingSafeEqual } from "node:crypto";

/** `locking`: this wrong try was one too many. `locked`: not even looked at. `closed`: the code has been used. */
export type PairingResult = "paired" | "wrong" | "locking" | "locked" | "closed";

/** The way in for the first user: a code that only somebody at the console can know. */
export interface Pairing {
  /** Six digits, good for one use. */
  readonly code: string;
  /** Tries a code. Wrong tries lock pairing, so that it cannot be guessed. */
  attempt(chatId: number, code: string): PairingResult;
}

const TRIES_PER_CHAT = 5;
/** Guessing from many accounts is stopped as well: 20 tries at a million codes. */
const TRIES_IN_ALL = 20;
const LOCK_MS = 60 * 60 * 1000;

/** @param now Milliseconds that never jump. */
export function createPairing(now: () => number): Pairing {
  const code = String(randomInt(1_000_000)).padStart(6, "0");
  const wrong = new Map<number, number>();
  let wrongInAll = 0;
  let lockedUntil = Number.NEGATIVE_INFINITY;
  let used = false;

  return {
    code,
    attempt(chatId, attempted) {
      if (used) return "closed";
      if (now() < lockedUntil) return "locked";
      const given = Buffer.from(attempted.trim().slice(0, 6).padEnd(6));
      if (attempted.trim().length === 6 && given.length === 6 && timingSafeEqual(given, Buffer.from(code))) {
        used = true;
        return "paired";
      }
      const tries = (wrong.get(chatId) ?? 0) + 1;
      wrong.set(chatId, tries);
      wrongInAll += 1;
      if (tries < TRIES_PER_CHAT && wrongInAll < TRIES_IN_ALL) return "wrong";
      wrong.clear();
      wrongInAll = 0;
      lockedUntil = now() + LOCK_MS;
      return "locking";
    },
  };
}
