import assert from "node:assert/strict";
import test from "node:test";
import { parseRecord } from "../src/records.ts";
import { jobOf, scheduleOf } from "./records.ts";

const job = jobOf("1-a", 1, [1]);
const rich = { text: "x", entities: [{ type: "pre", offset: 0, length: 1, language: "ts" }] };
const file = { name: "answer.md", instead: [rich] };
const answered = (answer: object) => ({
  k: "answered",
  id: "1-a",
  answer: { outcome: "done", parts: [rich], ...answer },
});
const schedule = scheduleOf("1-a", 1);
const scheduled = (change: object) => ({
  k: "scheduled",
  schedule: { ...schedule, ...change },
  updates: [1],
});
const queued = (change: object) => ({ k: "queued", job: { ...job, ...change } });
const message = { message_id: 1, date: 0, chat: { id: 7, type: "private" } };

test("records of every kind are taken as they are", () => {
  const records: object[] = [
    { k: "update", update: { update_id: 1, message } },
    { k: "handled", updates: [1] },
    queued({ place: { chatId: -7, threadId: 2 } }),
    { k: "changed", id: "1-a", parts: [], files: ["f"], updates: [] },
    { k: "started", id: "1-a" },
    { k: "started", id: "1-a", process: { pid: 7, startTime: "1" } },
    { k: "shown", id: "1-a", messages: [{ chatId: 7, messageId: 1 }] },
    answered({}),
    answered({ file }),
    { k: "interrupted", id: "1-a", last: rich },
    { k: "ended", id: "1-a", outcome: "dropped", at: 0 },
    { k: "session", conversation: "7", agent: "claude", sessionId: "0b1c-2" },
    { k: "session", conversation: "7", agent: "claude", sessionId: null },
    { k: "kept", seen: [1], lastNumber: 1, last: job },
    { k: "kept", seen: [1], lastNumber: 1, lastSchedule: 2 },
    scheduled({}),
    scheduled({ timing: { kind: "at", at: 7 }, paused: true, lastRun: 6, skipped: { at: 1, why: "busy" } }),
    scheduled({ timing: { kind: "daily", hour: 23, minute: 59, days: [0, 6] } }),
    { k: "rescheduled", schedule },
    { k: "unscheduled", id: "1-a" },
    { ...queued({ schedule: { id: "1-a", note: "x" } }), fired: { id: "1-a", after: schedule } },
    { ...queued({}), fired: { id: "1-a", after: null } },
    { k: "awaited", chatId: 7, secret: "GITHUB_TOKEN" },
    { k: "awaited", chatId: 7, secret: null },
    ...["Edit", `Bash(${"x".repeat(3_994)})`].map((rule) => ({ k: "rule", agent: "claude", rule })),
  ];
  for (const record of records) assert.equal(parseRecord(record), record);
});

test("kinds that are not known are no fault", () => {
  for (const record of [{ k: "later" }, { k: "toString" }, { k: 7 }, {}, []]) {
    assert.equal(parseRecord(record), undefined, JSON.stringify(record));
  }
});

test("what is not as its kind says is refused", () => {
  const cases: object[] = [
    ...["../../x", "", "a/b", "a.b", "a".repeat(65), 7].map((id) => queued({ id })),
    ...["1", 1.5, -1, 1e308, 2 ** 53 - 1].map((number) => queued({ number })),
    queued({ queuedAt: Number.NaN }),
    queued({ place: {} }),
    queued({ place: { chatId: 7, threadId: "2" } }),
    queued({ author: null }),
    queued({ author: { id: 7 } }),
    queued({ parts: {} }),
    queued({ parts: [{ messageId: 1 }] }),
    queued({ files: [7] }),
    queued({ updates: undefined }),
    { k: "queued" },
    { k: "update", update: { update_id: "1" } },
    { k: "update", update: { update_id: 1, message: { ...message, chat: undefined } } },
    { k: "update", update: { update_id: 1, callback_query: { from: {} } } },
    { k: "handled", updates: 7 },
    ...["", "--x", "a\nb", "x".repeat(4_001), 7].map((rule) => ({ k: "rule", agent: "claude", rule })),
    { k: "changed", id: "../x", parts: [], files: [], updates: [] },
    ...[-1, 0, 1.5, "7"].map((pid) => ({ k: "started", id: "1-a", process: { pid } })),
    { k: "shown", id: "1-a", messages: [{ chatId: 7 }] },
    answered({ parts: ["x"] }),
    answered({ parts: [{ text: "x", entities: [{ type: "script", offset: 0, length: 1 }] }] }),
    answered({ outcome: "won" }),
    ...["../x", "a/b", "a\\b", "..", ""].map((name) => answered({ file: { ...file, name } })),
    { k: "interrupted", id: "1-a", last: { text: 7, entities: [] } },
    { k: "ended", id: "1-a", outcome: "done", at: null },
    ...["--settings=x", "", "a\nb", 7].map((sessionId) => ({
      k: "session",
      conversation: "7",
      agent: "claude",
      sessionId,
    })),
    { k: "kept", seen: [1], lastNumber: 1, last: {} },
    { k: "kept", seen: [1], lastNumber: 1.5 },
    { k: "kept", seen: [1], lastNumber: 1, lastSchedule: -1 },
    ...[
      { id: "../x" },
      { number: 0.5 },
      { place: {} },
      { prompt: 7 },
      { next: Number.POSITIVE_INFINITY },
      { runs: -1 },
      { paused: false },
      { skipped: { at: 1, why: "tired" } },
      ...[0, 1, 59_999, 60_000.5, 1e15, "60000"].map((ms) => ({ timing: { kind: "every", ms } })),
      { timing: { kind: "at", at: null } },
      ...[[], [7], [-1], [1.5], "1"].map((days) => ({ timing: { kind: "daily", hour: 9, minute: 0, days } })),
      { timing: { kind: "daily", hour: 24, minute: 0, days: [1] } },
      { timing: { kind: "weekly" } },
      { timing: undefined },
    ].map(scheduled),
    { k: "scheduled", schedule },
    { k: "rescheduled", schedule: { ...schedule, author: undefined } },
    { k: "unscheduled", id: "a/b" },
    queued({ schedule: { id: "1-a" } }),
    { ...queued({}), fired: { id: "1-a" } },
    { ...queued({}), fired: { id: "1-a", after: { ...schedule, next: "1" } } },
    ...["path", "A=B", "", 7, undefined].map((secret) => ({ k: "awaited", chatId: 7, secret })),
  ];
  for (const record of cases) assert.throws(() => parseRecord(record), TypeError, JSON.stringify(record));
});
