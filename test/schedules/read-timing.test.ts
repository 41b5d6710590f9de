import assert from "node:assert/strict";
import test from "node:test";
import { readAt, readDaily, readEvery } from "../../src/schedules/read-timing.ts";
import { local } from "./local.ts";

const MINUTE = 60_000;
const NOW = local("2026-11-25 12:00");

test("/every takes a time and a prompt", () => {
  const cases: [string, number][] = [
    ["1m x", MINUTE],
    ["60s x", MINUTE],
    ["2h x", 120 * MINUTE],
    ["1h30m x", 90 * MINUTE],
    ["2H x", 120 * MINUTE],
    ["365d x", 365 * 24 * 60 * MINUTE],
    ["1m\nx", MINUTE],
  ];
  for (const [args, ms] of cases)
    assert.deepEqual(readEvery(args), { timing: { kind: "every", ms }, prompt: "x" }, args);
  assert.deepEqual(readEvery("5m  run\nthe 2h tests "), {
    timing: { kind: "every", ms: 5 * MINUTE },
    prompt: "run\nthe 2h tests",
  });
});

test("/at takes a time of day, with a day or without", () => {
  const cases: [string, string][] = [
    ["18:30 x", "2026-11-25 18:30"],
    ["9:00 x", "2026-11-26 09:00"],
    ["12:00 x", "2026-11-26 12:00"],
    ["today 18:30 x", "2026-11-25 18:30"],
    ["tomorrow 9:00 x", "2026-11-26 09:00"],
    ["Tomorrow 09:05 x", "2026-11-26 09:05"],
    ["2026-12-24 18:30 x", "2026-12-24 18:30"],
    ["2028-2-29 0:00 x", "2028-02-29 00:00"],
    // The clock jumps from 2 to 3.
    ["2027-03-28 2:30 x", "2027-03-28 03:30"],
  ];
  for (const [args, at] of cases)
    assert.deepEqual(readAt(args, NOW), { timing: { kind: "at", at: local(at) }, prompt: "x" }, args);
});

test("/daily takes a time of day, with days of the week or without", () => {
  const cases: [string, number[]][] = [
    ["9:00 x", [0, 1, 2, 3, 4, 5, 6]],
    ["mon 9:00 x", [1]],
    ["mon-fri 9:00 x", [1, 2, 3, 4, 5]],
    ["Sat,Sun 09:00 x", [0, 6]],
    ["fri-mon 9:00 x", [0, 1, 5, 6]],
    ["mon,wed-fri 9:00 x", [1, 3, 4, 5]],
  ];
  for (const [args, days] of cases) {
    const timing = { kind: "daily", hour: 9, minute: 0, days };
    assert.deepEqual(readDaily(args), { timing, prompt: "x" }, args);
  }
});

test("what cannot be understood is answered with a sentence and an example", () => {
  const at = (args: string) => readAt(args, NOW);
  const cases: [(args: string) => object, string, RegExp][] = [
    ...["", "often x", "2 x", "-2h x", "2.5h x", "h x", "2w x"].map(
      (args) =>
        [readEvery, args, /^Say how often, then what, such as \/every 2h /] as [typeof at, string, RegExp],
    ),
    ...["59s x", "0m x", "1s x"].map(
      (args) =>
        [readEvery, args, /one minute is the least, such as \/every 1m/] as [typeof at, string, RegExp],
    ),
    ...["367d x", "99999999999999999999d x"].map(
      (args) => [readEvery, args, /a year is the most, such as/] as [typeof at, string, RegExp],
    ),
    [readEvery, "2h", /The prompt is missing: .* \/every 2h run the tests/],
    ...["", "x", "24:00 x", "9:60 x", "9:0 x", "009:00 x", "9 x", "next week 9:00 x", "9:00x"].map(
      (args) => [at, args, /^Say when, then what, such as \/at 18:30 /] as [typeof at, string, RegExp],
    ),
    ...[
      "2026-02-30 9:00 x",
      "2026-13-01 9:00 x",
      "2026-0-1 9:00 x",
      "26-12-24 9:00 x",
      "2027-2-29 9:00 x",
    ].map(
      (args) => [at, args, /^There is no such day: .* \/at 2026-12-24 18:30/] as [typeof at, string, RegExp],
    ),
    ...["today 9:00 x", "2026-11-24 18:30 x"].map(
      (args) => [at, args, /over already.* \/at tomorrow 9:00/] as [typeof at, string, RegExp],
    ),
    [at, "18:30 ", /The prompt is missing/],
    ...["", "x", "9 x", "mon-fri x", "25:00 x"].map(
      (args) =>
        [readDaily, args, /^Say at which time, then what, such as \/daily 9:00 /] as [
          typeof at,
          string,
          RegExp,
        ],
    ),
    ...["someday 9:00 x", "mon-fri-sun 9:00 x", "mon, 9:00 x", "- 9:00 x"].map(
      (args) => [readDaily, args, /are no days\. Write mon, mon-fri/] as [typeof at, string, RegExp],
    ),
    [readDaily, "mon 9:00", /The prompt is missing/],
  ];
  for (const [read, args, fault] of cases) {
    const asked = read(args);
    assert.ok("fault" in asked, args);
    assert.match(String(asked.fault), fault, args);
  }
});
