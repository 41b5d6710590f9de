import assert from "node:assert/strict";
import test from "node:test";
import { amount, duration } from "../../src/text/duration.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

test("a duration is told in the unit that fits it, without a gap at the borders", () => {
  const cases: [ms: number, text: string][] = [
    [0, "0.0 s"],
    [440, "0.4 s"],
    [9_949, "9.9 s"],
    [9_950, "10 s"],
    [59_499, "59 s"],
    [59_500, "1:00 min"],
    [3 * MINUTE + 5 * SECOND, "3:05 min"],
    [HOUR - 501, "59:59 min"],
    [HOUR - 500, "1:00 h"],
    [2 * HOUR + 3 * MINUTE, "2:03 h"],
    [48 * HOUR - MINUTE, "47:59 h"],
    [48 * HOUR, "2 days"],
    [-5 * SECOND, "0.0 s"],
  ];
  for (const [ms, text] of cases) assert.equal(duration(ms), text, `${ms} ms`);
});

test("an amount takes a few characters", () => {
  const cases: [count: number, text: string][] = [
    [0, "0"],
    [999, "999"],
    [1_000, "1.0k"],
    [9_949, "9.9k"],
    [9_950, "10k"],
    [48_200, "48k"],
    [999_499, "999k"],
    [999_500, "1.0M"],
    [1_310_000, "1.3M"],
  ];
  for (const [count, text] of cases) assert.equal(amount(count), text);
});
