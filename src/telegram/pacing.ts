import { type Bucket, createBucket } from "./bucket.ts";
import type { OperationKind } from "./lane.ts";

/**
 * How fast one chat may be written to. Telegram allows about one message a second in a chat with short bursts, 20 a
 * minute in a group, and counts edits and sends alike. What it allows is not written down anywhere; these numbers
 * stay below what is seen to pass.
 */
export interface Pace {
  /** Milliseconds until the next call of this kind may leave. */
  wait(kind: OperationKind, framesOfMessage: number): number;
  /** A call left. */
  left(kind: OperationKind): void;
  /** A call was answered after so many milliseconds. */
  answered(kind: OperationKind, ms: number): void;
  /** The server asked for a pause of so many seconds. */
  block(seconds: number): void;
  /** Whether no pause holds and a whole burst is there. */
  rested(): boolean;
}

const BURST = 4;
const PRIVATE_REFILL_MS = 1_100;
const GROUP_REFILL_MS = 3_100;
const PRIVATE_FRAME_MS = 1_250;
const SLOW_FRAME_MS = 3_000;
/** After so many edits of one message the clients of others have been throttled. */
const QUICK_FRAMES = 20;
/** The server holds a call back for up to 8 s before it says 429: slowness is its first warning. */
const SLOW_ANSWER_MS = 1_500;
const WIDEST = 8;
/** Telegram allows about 30 calls a second over all chats together. */
const OVERALL_REFILL_MS = 40;
const OVERALL_BURST = 5;

/** What all chats together may use up. */
export function createOverallBucket(now: () => number): Bucket {
  return createBucket(OVERALL_BURST, OVERALL_REFILL_MS, now);
}

/**
 * How many tokens must be there for a call of this kind to leave. What may be late leaves one over, so that a reply
 * never waits because of it.
 */
export function tokensFor(kind: OperationKind): number {
  return kind === "notice" || kind === "frame" || kind === "reaction" ? 2 : 1;
}

/** @param group 20 messages a minute instead of 60. @param now Milliseconds that never jump. */
export function createPace(group: boolean, now: () => number): Pace {
  const refill = group ? GROUP_REFILL_MS : PRIVATE_REFILL_MS;
  const bucket = createBucket(BURST, refill, now);
  let lastCall = Number.NEGATIVE_INFINITY;
  let blockedUntil = 0;
  let width = 1;

  return {
    wait(kind, framesOfMessage) {
      const blocked = Math.max(0, blockedUntil - now());
      // An action is no message: only a pause that the server asked for holds it back.
      if (kind === "action") return blocked;
      const refilled = bucket.wait(tokensFor(kind));
      if (kind !== "frame") return Math.max(blocked, refilled);
      const frame = group || framesOfMessage >= QUICK_FRAMES ? SLOW_FRAME_MS : PRIVATE_FRAME_MS;
      return Math.max(blocked, refilled, lastCall + frame * width - now());
    },
    left(kind) {
      // Nor is a reaction, but it leaves only when there is room for messages.
      if (kind === "action" || kind === "reaction") return;
      bucket.take();
      lastCall = now();
    },
    answered(kind, ms) {
      if (kind === "action") return;
      width = ms > SLOW_ANSWER_MS ? Math.min(WIDEST, width * 2) : Math.max(1, width / 2);
    },
    block(seconds) {
      blockedUntil = Math.max(blockedUntil, now() + seconds * 1000);
      // Whatever we had counted was too much: one call when the pause is over, and no burst saved up meanwhile.
      bucket.restart(blockedUntil);
    },
    rested() {
      return bucket.full() && blockedUntil <= now();
    },
  };
}
