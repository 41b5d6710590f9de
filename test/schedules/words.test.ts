import assert from "node:assert/strict";
import test from "node:test";
import { EVERY_DAY, type Timing } from "../../src/schedules/schedule.ts";
import { momentWords, timingWords, whenWords } from "../../src/schedules/words.ts";
import { local } from "./local.ts";

const on = (...days: number[]): Timing => ({ kind: "daily", hour: 9, minute: 5, days });

test("a timing in words", () => {
  const cases: [Timing, string][] = [
    [{ kind: "every", ms: 60_000 }, "every 1 min"],
    [{ kind: "every", ms: 90_000 }, "every 1 min 30 s"],
    [{ kind: "every", ms: 7_200_000 }, "every 2 h"],
    [{ kind: "every", ms: 93_600_000 }, "every 1 d 2 h"],
    [{ kind: "at", at: 0 }, "once"],
    [on(...EVERY_DAY), "daily at 09:05"],
    [on(1, 2, 3, 4, 5), "Mon-Fri at 09:05"],
    [on(0, 6), "Sat, Sun at 09:05"],
    [on(0, 5, 6), "Fri-Sun at 09:05"],
    [on(1, 3, 4, 5), "Mon, Wed-Fri at 09:05"],
  ];
  for (const [timing, words] of cases) assert.equal(timingWords(timing), words);
});

test("a moment in words", () => {
  const now = local("2026-12-31 12:00");
  for (const [moment, words, inSentence] of [
    ["2026-12-31 09:00", "09:00", "at 09:00"],
    ["2027-01-01 00:05", "tomorrow 00:05", "tomorrow at 00:05"],
    ["2026-12-30 23:59", "2026-12-30 23:59", "on 2026-12-30 at 23:59"],
  ] as const) {
    assert.equal(momentWords(local(moment), now), words);
    assert.equal(whenWords(local(moment), now), inSentence);
  }
});
