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

/** @param group 20 messages a minute instead of 60. @param now Milliseconds that never jump. */
export function createPace(group: boolean, now: () => number): Pace {
  const refill = group ? GROUP_REFILL_MS : PRIVATE_REFILL_MS;
  let tokens = BURST;
  let counted = now();
  let lastCall = Number.NEGATIVE_INFINITY;
  let blockedUntil = 0;
  let width = 1;

  function count(): void {
    const time = Math.max(counted, now());
    tokens = Math.min(BURST, tokens + (time - counted) / refill);
    counted = time;
  }

  return {
    wait(kind, framesOfMessage) {
      count();
      const blocked = Math.max(0, blockedUntil - now());
      // An action is no message: only a pause that the server asked for holds it back.
      if (kind === "action") return blocked;
      // A frame leaves one token over, so that a reply never waits because of a picture of progress.
      const refilled = ((kind === "frame" ? 2 : 1) - tokens) * refill;
      if (kind !== "frame") return Math.max(blocked, refilled);
      const frame = group || framesOfMessage >= QUICK_FRAMES ? SLOW_FRAME_MS : PRIVATE_FRAME_MS;
      return Math.max(blocked, refilled, lastCall + frame * width - now());
    },
    left(kind) {
      if (kind === "action") return;
      count();
      tokens -= 1;
      lastCall = now();
    },
    answered(kind, ms) {
      if (kind === "action") return;
      width = ms > SLOW_ANSWER_MS ? Math.min(WIDEST, width * 2) : Math.max(1, width / 2);
    },
    block(seconds) {
      blockedUntil = Math.max(blockedUntil, now() + seconds * 1000);
      // Whatever we had counted was too much: one call when the pause is over, and no burst saved up meanwhile.
      tokens = 1;
      counted = blockedUntil;
    },
    rested() {
      count();
      return tokens === BURST && blockedUntil <= now();
    },
  };
}
