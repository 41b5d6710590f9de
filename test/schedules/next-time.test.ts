import assert from "node:assert/strict";
import test from "node:test";
import { dueTimes, nextTime } from "../../src/schedules/next-time.ts";
import { EVERY_DAY, type Timing } from "../../src/schedules/schedule.ts";
import { local } from "./local.ts";

const MINUTE = 60_000;
const daily = (hour: number, minute: number, days = EVERY_DAY): Timing => ({
  kind: "daily",
  hour,
  minute,
  days,
});

test("the next time of day, by the local clock", () => {
  const weekdays = [1, 2, 3, 4, 5];
  // 27 November 2026 is a Friday.
  const cases: [string, Timing, string, string][] = [
    ["later today", daily(9, 0), "2026-11-25 08:59", "2026-11-25 09:00"],
    ["not the same again", daily(9, 0), "2026-11-25 09:00", "2026-11-26 09:00"],
    ["over the end of a month", daily(9, 0), "2026-11-30 10:00", "2026-12-01 09:00"],
    ["over the end of a year", daily(0, 0), "2026-12-31 00:00", "2027-01-01 00:00"],
    ["over a weekend", daily(9, 0, weekdays), "2026-11-27 09:00", "2026-11-30 09:00"],
    ["in a week", daily(9, 0, [5]), "2026-11-27 09:00", "2026-12-04 09:00"],
    ["into summer time", daily(9, 0), "2026-03-28 09:00", "2026-03-29 09:00"],
    ["out of summer time", daily(9, 0), "2026-10-24 09:00", "2026-10-25 09:00"],
    ["left out by the clock", daily(2, 30), "2026-03-28 02:30", "2026-03-29 03:30"],
    ["after one that was left out", daily(2, 30), "2026-03-29 03:30", "2026-03-30 02:30"],
    ["once a week over the change", daily(2, 30, [0]), "2026-10-18 02:30", "2026-10-25 02:30"],
  ];
  for (const [what, timing, after, next] of cases)
    assert.equal(nextTime(timing, local(after)), local(next), what);
});

test("a time that comes twice in a night counts once", () => {
  // At 3:00 summer time it is 2:00 again.
  const first = Date.UTC(2026, 9, 25, 0, 30);
  assert.equal(nextTime(daily(2, 30), local("2026-10-25 01:00")), first);
  const second = first + 60 * MINUTE;
  for (const after of [first, second - MINUTE, second, second + MINUTE])
    assert.equal(nextTime(daily(2, 30), after), local("2026-10-26 02:30"));
});

test("a moment is over when it has come, an interval never", () => {
  assert.equal(nextTime({ kind: "at", at: 10 }, 9), 10);
  assert.equal(nextTime({ kind: "at", at: 10 }, 10), undefined);
  assert.equal(nextTime({ kind: "every", ms: MINUTE }, 10), 10 + MINUTE);
});

test("of several due times the latest counts, and the plan goes on from there", () => {
  const every: Timing = { kind: "every", ms: 10 * MINUTE };
  assert.deepEqual(dueTimes(every, 0, 0), { latest: 0, following: 10 * MINUTE });
  assert.deepEqual(dueTimes(every, 0, MINUTE), { latest: 0, following: 10 * MINUTE }, "it does not drift");
  assert.deepEqual(dueTimes(every, 0, 25 * MINUTE), { latest: 20 * MINUTE, following: 30 * MINUTE });
  assert.deepEqual(dueTimes({ kind: "at", at: 5 }, 5, 1e9), { latest: 5, following: undefined });
  for (const [next, now, latest, following] of [
    ["2026-11-25 09:00", "2026-11-25 09:00", "2026-11-25 09:00", "2026-11-26 09:00"],
    ["2026-11-25 09:00", "2026-11-28 08:00", "2026-11-27 09:00", "2026-11-28 09:00"],
    ["2020-01-01 09:00", "2026-11-28 08:00", "2026-11-27 09:00", "2026-11-28 09:00"],
    ["2026-03-27 09:00", "2026-03-29 09:00", "2026-03-29 09:00", "2026-03-30 09:00"],
  ] as const) {
    const due = dueTimes(daily(9, 0), local(next), local(now));
    assert.deepEqual(due, { latest: local(latest), following: local(following) }, now);
  }
});
