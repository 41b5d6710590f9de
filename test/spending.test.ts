import assert from "node:assert/strict";
import test from "node:test";
import { localDay, Spending, type SpendingRecord } from "../src/spending.ts";
import { local } from "./schedules/local.ts";

type Spent = Extract<SpendingRecord, { readonly k: "spent" }>;

let count = 0;
function spent(day: string, costUsd: number | undefined, more: Partial<Spent> = {}): Spent {
  count += 1;
  return {
    ...{ k: "spent", id: `${count}-a`, day, agent: "claude", inputTokens: 10, outputTokens: 1 },
    ...(costUsd === undefined ? {} : { costUsd }),
    ...more,
  };
}

function after(...records: readonly SpendingRecord[]): Spending {
  const spending = new Spending();
  for (const record of records) spending.apply(record);
  return spending;
}

const compacted = (spending: Spending): Spending => after(...JSON.parse(JSON.stringify(spending.records())));

test("a day is that of the local clock", () => {
  const cases: [moment: number, day: string][] = [
    [local("2026-03-01 00:00"), "2026-03-01"],
    [local("2026-02-28 23:59"), "2026-02-28"],
    // In Berlin it is tomorrow already.
    [Date.UTC(2026, 11, 31, 23, 30), "2027-01-01"],
    [Date.UTC(2026, 6, 1, 21, 59), "2026-07-01"],
    [Date.UTC(2026, 6, 1, 22, 1), "2026-07-02"],
    // The day on which the clocks change has 23 hours.
    [local("2026-03-29 00:30"), "2026-03-29"],
    [local("2026-03-29 23:30"), "2026-03-29"],
  ];
  for (const [moment, day] of cases) assert.equal(localDay(moment), day);
});

test("sums are those of the day, of the month and of the session", () => {
  const spending = after(
    spent("2026-01-31", 1, { sessionId: "s1" }),
    spent("2026-02-01", 0.25, { sessionId: "s1" }),
    spent("2026-02-01", undefined, { agent: "codex", sessionId: "s1" }),
    spent("2026-02-28", 2),
    spent("2027-02-01", 9),
  );
  const sum = (turns: number, unpriced: number, costUsd: number) => ({
    ...{ turns, unpriced, costUsd },
    ...{ inputTokens: 10 * turns, outputTokens: turns },
  });
  assert.deepEqual(spending.ofDay("2026-02-01"), { day: "2026-02-01", ...sum(2, 1, 0.25) });
  assert.deepEqual(spending.ofDay("2026-02-02"), sum(0, 0, 0));
  assert.deepEqual(spending.ofMonth("2026-02-17"), sum(3, 1, 2.25));
  assert.deepEqual(spending.ofMonth("2026-03-01"), sum(0, 0, 0));
  assert.deepEqual(spending.ofSession("claude", "s1"), {
    ...{ agent: "claude", sessionId: "s1" },
    ...sum(2, 0, 1.25),
  });
  assert.equal(spending.ofSession("codex", "s1")?.unpriced, 1);
  assert.equal(spending.ofSession("claude", "s2"), undefined);
});

test("ten times ten cents are a dollar", () => {
  const spending = after(...Array.from({ length: 10 }, () => spent("2026-01-01", 0.1)));
  assert.equal(spending.ofDay("2026-01-01").costUsd, 1);
});

test("a turn counts once, also when its record comes again behind a compaction", () => {
  const record = spent("2026-01-01", 1, { sessionId: "s1" });
  const spending = after(record, record);
  assert.equal(spending.ofDay("2026-01-01").costUsd, 1);
  const later = compacted(spending);
  later.apply(record);
  assert.equal(later.ofDay("2026-01-01").costUsd, 1);
  assert.equal(later.ofSession("claude", "s1")?.turns, 1);
});

test("a session's context is the one that was told last", () => {
  const context = { contextTokens: 50, contextWindow: 100 };
  const later = { contextTokens: 60, contextWindow: 100 };
  const spending = after(
    spent("2026-01-01", 1, { sessionId: "s1", context }),
    spent("2026-01-01", 1, { sessionId: "s1", context: later }),
    spent("2026-01-01", 1, { sessionId: "s1" }),
  );
  assert.deepEqual(compacted(spending).ofSession("claude", "s1")?.context, later);
});

test("years of turns come to little, and the latest days and sessions are all there", () => {
  const spending = new Spending();
  for (let day = 0; day < 2_000; day += 1) {
    for (let turn = 0; turn < 3; turn += 1) {
      const date = localDay(local("2026-01-01 12:00") + day * 86_400_000);
      spending.apply(spent(date, 1.23456, { sessionId: `session-${day}-${"x".repeat(30)}` }));
    }
  }
  const records = spending.records();
  assert.ok(JSON.stringify(records).length < 150_000, String(JSON.stringify(records).length));
  const later = compacted(spending);
  assert.deepEqual(later.records(), records);
  const last = localDay(local("2026-01-01 12:00") + 1_999 * 86_400_000);
  const old = localDay(local("2026-01-01 12:00") + 1_600 * 86_400_000);
  const older = localDay(local("2026-01-01 12:00") + 1_599 * 86_400_000);
  assert.deepEqual(
    [last, old, older].map((day) => later.ofDay(day).turns),
    [3, 3, 0],
  );
});

test("a clock that was wrong for a while pushes out no day that counts", () => {
  const spending = new Spending();
  for (let day = 0; day < 400; day += 1) {
    spending.apply(spent(localDay(local("2026-01-01 12:00") + day * 86_400_000), 1));
  }
  const last = localDay(local("2026-01-01 12:00") + 399 * 86_400_000);
  for (const wrong of ["1970-01-01", "2099-01-01"]) spending.apply(spent(wrong, 2));
  spending.apply(spent(last, 1));
  assert.deepEqual(
    [last, "1970-01-01", "2099-01-01"].map((day) => spending.ofDay(day).costUsd),
    [2, 2, 2],
  );
});

test("what a day was lifted to holds for that day", () => {
  const spending = after(
    { k: "lifted", day: "2026-01-01", usd: 2 },
    { k: "lifted", day: "2026-01-01", usd: 2 },
  );
  assert.equal(compacted(spending).liftedTo("2026-01-01"), 2);
  assert.equal(spending.liftedTo("2026-01-02"), undefined);
});
