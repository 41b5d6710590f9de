import fc from "fast-check";
import type { Job, JobOutcome } from "../src/jobs/job.ts";
import { replayText } from "../src/journal.ts";
import { parseRecord } from "../src/records.ts";
import type { Schedule } from "../src/schedules/schedule.ts";
import { State } from "../src/state.ts";
import type { StoreRecord } from "../src/store-record.ts";

// As JSON.parse makes them.
function aPlain<T, K extends keyof T = keyof T>(
  model: { [P in keyof T]: fc.Arbitrary<T[P]> },
  requiredKeys?: K[],
) {
  return fc.record<T, K>(model, { noNullPrototype: true, ...(requiredKeys ? { requiredKeys } : {}) });
}

/** Records as one life writes them and as none would, few ids so that they meet. */
const id = fc.constantFrom("a", "b", "c");
const number = fc.integer({ min: 1, max: 9 });
const updates = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 3 });
const text = fc.string({ unit: fc.constantFrom("a", "\n", '"', "한", "👩"), maxLength: 4 });
const parts = fc.array(aPlain({ messageId: number, text }), { maxLength: 2 });
const conversation = fc.constantFrom("7", "-7/3");
const message = aPlain({ chatId: number, messageId: number });
const messages = fc.array(message, { maxLength: 2 });
const outcome = fc.constantFrom<JobOutcome>("done", "failed", "cancelled", "removed", "dropped", "steered");
const process = aPlain({ pid: number, startTime: fc.constant("1") });

export function jobOf(jobId: string, count: number, from: readonly number[], prompt = "do it"): Job {
  return {
    id: jobId,
    number: count,
    place: { chatId: 7 },
    author: { id: 7, name: "Ada" },
    parts: [{ messageId: count, text: prompt }],
    files: [],
    updates: from,
    queuedAt: 0,
  };
}

export function scheduleOf(scheduleId: string, count: number, runs = 0): Schedule {
  return {
    id: scheduleId,
    number: count,
    place: { chatId: 7 },
    author: { id: 7, name: "Ada" },
    messageId: count,
    prompt: "do it",
    timing: { kind: "every", ms: 60_000 },
    next: runs * 60_000,
    since: 0,
    runs,
  };
}

const schedule = fc.tuple(id, number, number).map(([name, count, runs]) => scheduleOf(name, count, runs));

export const aRecord: fc.Arbitrary<StoreRecord> = fc.oneof(
  aPlain({
    k: fc.constant("update" as const),
    update: aPlain({ update_id: fc.integer({ min: 1, max: 6 }) }),
  }),
  aPlain({ k: fc.constant("handled" as const), updates }),
  fc.tuple(id, number, updates, text).map(([jobId, count, from, prompt]) => ({
    k: "queued" as const,
    job: jobOf(jobId, count, from, prompt),
  })),
  fc.tuple(id, id, number).map(([jobId, replaces, count]) => ({
    k: "queued" as const,
    job: { ...jobOf(jobId, count, [], "!make"), shell: true as const },
    held: true as const,
    replaces,
  })),
  fc.tuple(id, id, number, fc.option(schedule)).map(([jobId, scheduleId, count, after]) => ({
    k: "queued" as const,
    job: jobOf(jobId, count, []),
    fired: { id: after?.id ?? scheduleId, after },
  })),
  aPlain({ k: fc.constant("scheduled" as const), schedule, updates }),
  aPlain({ k: fc.constant("rescheduled" as const), schedule }),
  aPlain({ k: fc.constant("unscheduled" as const), id }),
  aPlain({
    k: fc.constant("awaited" as const),
    chatId: number,
    secret: fc.option(fc.constantFrom("A", "ssh:web-1")),
  }),
  aPlain({ k: fc.constant("erase" as const), chatId: number, messageId: number, secret: fc.constant("A") }, [
    "k",
    "chatId",
    "messageId",
  ]),
  aPlain({ k: fc.constant("erased" as const), chatId: number, messageId: number }),
  aPlain({
    k: fc.constant("changed" as const),
    id,
    parts,
    files: fc.array(text, { maxLength: 2 }),
    updates,
  }),
  aPlain({ k: fc.constant("held" as const), id, why: fc.constant("budget" as const) }, ["k", "id"]),
  aPlain(
    {
      k: fc.constant("spent" as const),
      id,
      day: fc.constantFrom("2026-01-31", "2026-02-01"),
      agent: fc.constantFrom("claude", "codex"),
      sessionId: fc.constantFrom("s1", "s2"),
      costUsd: fc.double({ min: 0, max: 100, noNaN: true }),
      inputTokens: number,
      outputTokens: number,
      context: fc.constant({ contextTokens: 5, contextWindow: 10 }),
    },
    ["k", "id", "day", "agent"],
  ),
  aPlain({ k: fc.constant("lifted" as const), day: fc.constant("2026-02-01"), usd: number }),
  aPlain({ k: fc.constant("started" as const), id, at: number, process }, ["k", "id"]),
  aPlain({ k: fc.constant("requeued" as const), id }),
  aPlain({
    k: fc.constant("asked" as const),
    id,
    message,
    text: aPlain({ text, entities: fc.constant([]) }),
  }),
  aPlain({ k: fc.constant("decided" as const), id, message }),
  aPlain({
    k: fc.constant("choice" as const),
    conversation,
    name: fc.constantFrom("mode", "claude model"),
    value: fc.option(fc.constantFrom("plan", "opus")),
  }),
  aPlain({
    k: fc.constant("staying" as const),
    mark: id,
    process: fc.option(process),
  }),
  aPlain({
    k: fc.constant("rule" as const),
    agent: fc.constant("claude"),
    rule: fc.constantFrom("Edit", "Bash(ls *)"),
  }),
  aPlain({ k: fc.constant("shown" as const), id, messages }),
  aPlain({ k: fc.constant("interrupted" as const), id }),
  aPlain({ k: fc.constant("ended" as const), id, outcome, at: number }),
  aPlain({
    k: fc.constant("session" as const),
    conversation,
    agent: fc.constantFrom("claude", "shell"),
    sessionId: fc.option(fc.constantFrom("s1", "s2")),
  }),
);

export function linesOf(records: readonly StoreRecord[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join("");
}

/** The state that a journal of this text gives. */
export function replayed(lines: string): State {
  const state = new State();
  replayText(lines, (record) => {
    const known = parseRecord(record);
    if (known) state.apply(known);
  });
  return state;
}

/** A state, as it can be compared. What was seen has no order that counts. */
export function memoryOf({
  seen,
  unhandled,
  jobs,
  sessions,
  choices,
  rules,
  schedules,
  awaited,
  erasures,
  staying,
  spending,
  last,
  lastNumber,
  lastSchedule,
  past,
}: State) {
  return {
    seen: [...seen].toSorted((a, b) => a - b),
    unhandled: [...unhandled],
    jobs: [...jobs],
    sessions: [...sessions].toSorted(),
    choices: [...choices].toSorted(),
    rules: [...rules].toSorted(),
    schedules: [...schedules],
    staying: [...staying].toSorted(([a], [b]) => (a < b ? -1 : 1)),
    spending: spending.records(),
    awaited: [...awaited].toSorted(([a], [b]) => a - b),
    erasures: [...erasures],
    last,
    lastNumber,
    lastSchedule,
    past,
  };
}
