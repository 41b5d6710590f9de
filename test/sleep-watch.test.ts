import assert from "node:assert/strict";
import test from "node:test";
import type { Clock } from "../src/clock.ts";
import { watchSleep } from "../src/sleep-watch.ts";
import { fakeClock } from "./fakes/clock.ts";

/** A clock whose time of day can jump while its monotonic time goes on evenly. */
function jumpingClock() {
  const clock = fakeClock();
  let jumped = 0;
  const jumping: Clock = { ...clock, now: () => clock.now() + jumped, monotonic: clock.monotonic };
  return {
    clock: jumping,
    advance: clock.advance,
    pending: () => clock.pending,
    jump: (ms: number) => {
      jumped += ms;
    },
  };
}

test("a jump of the time of day, either way, is seen within 5 s, once; small corrections are none", async () => {
  const cases: [jumpMs: number, seen: number][] = [
    [0, 0],
    [9_000, 0],
    [-9_000, 0],
    [60_000, 1],
    [8 * 3_600_000, 1],
    [-3_600_000, 1],
  ];
  for (const [jumpMs, expected] of cases) {
    const { clock, advance, pending, jump } = jumpingClock();
    let seen = 0;
    const stop = watchSleep(clock, () => {
      seen += 1;
    });
    await advance(12_000);
    jump(jumpMs);
    await advance(5_000);
    assert.equal(seen, expected, `${jumpMs}`);
    await advance(60_000);
    assert.equal(seen, expected, `${jumpMs} later`);
    stop();
    assert.equal(pending(), 0);
  }
});

test("a program that stood still is as one that was asleep", async () => {
  let monotonic = 0;
  let callback = (): void => {};
  const clock: Clock = {
    now: () => monotonic,
    monotonic: () => monotonic,
    after(_ms, next) {
      callback = next;
      return () => {};
    },
  };
  let seen = 0;
  watchSleep(clock, () => {
    seen += 1;
  });
  for (const [late, expected] of [
    [100, 0],
    [40_000, 1],
    [0, 1],
  ] as const) {
    monotonic += 5_000 + late;
    callback();
    assert.equal(seen, expected, `${late}`);
  }
});
