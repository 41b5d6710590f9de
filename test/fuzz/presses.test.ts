import assert from "node:assert/strict";
import test from "node:test";
import { updateFault } from "../../src/telegram/update-fault.ts";
import { jobOf } from "../records.ts";
import {
  asUpdate,
  BOT,
  type FuzzedBridge,
  fuzzedBridge,
  GROUP,
  GUEST,
  OWNER,
  STRANGER,
  until,
} from "./bridge.ts";
import type { Json } from "./mutate.ts";
import { fuzz } from "./runs.ts";

const BATCH = 50;
const INTERRUPTED = "9-interrupted";
const ACTIONS = [
  "stop",
  "remove",
  "ask",
  "choose",
  "steer",
  "now",
  "resume",
  "again",
  "drop",
  "go-on",
  "undo",
  "undo-keep",
  "sched-on",
  "sched-off",
  "sched-del",
  "session",
  "sessions",
  "term-screen",
  "term-picture",
  "term-text",
  "term-refresh",
  "term-live",
  "term-still",
  "term-keys",
  "term-key",
  "term-close",
  "term-end",
  "term-allow",
  "term-deny",
  "term-again",
];
const bot = { ...BOT, is_bot: true, first_name: "Nano" };
const person = (id: number) => ({ id, is_bot: false, first_name: `Person ${id}` });

test("presses: each is acknowledged, none throws, and none by somebody else does anything", async (t) => {
  const { mutate, runs, uncaught } = fuzz(t, "presses");
  const fuzzed = await fuzzedBridge(t, false);
  const { bridge, acknowledged, messenger, turns, logged, clock, status } = fuzzed;
  const keys = new Set<string>(["gone"]);
  let updateId = 0;

  /** Sends presses of buttons that are there, that are gone and that never were. @returns how many are readable. */
  async function press(from: readonly Json[]): Promise<void> {
    const updates = Array.from({ length: BATCH }, (): Json => {
      updateId += 1;
      const chat = mutate.once(2) ? { id: OWNER, type: "private" } : { id: GROUP, type: "supergroup" };
      const data = `${mutate.pick(ACTIONS)}:${mutate.pick([...keys])}`;
      const message = { message_id: mutate.int(30), date: mutate.int(2), chat, from: bot };
      const query = { id: `q${updateId}`, from: mutate.pick(from), chat_instance: "1", message, data };
      const changed = mutate.once(2) ? { ...query, data: mutate.text(data) } : mutate.value(query);
      return { update_id: updateId, callback_query: mutate.once(5) ? query : changed };
    });
    acknowledged.clear();
    await bridge.receive(updates.map(asUpdate));
    const readable = updates.map(asUpdate).filter((update) => updateFault(update) === undefined);
    const ids = readable.flatMap(({ callback_query: query }) => (query ? [query.id] : []));
    await until(() => ids.every((id) => acknowledged.get(id)), "a press is not acknowledged");
    assert.deepEqual(uncaught, []);
  }

  for (let done = 0; done < runs; done += 2 * BATCH) {
    await furnish(fuzzed, 1_000_000 + done);
    for (const key of keysOf(fuzzed)) keys.add(key);
    for (const key of [...keys].slice(0, -20)) keys.delete(key);
    const before = stateOf(fuzzed);
    await press([person(GUEST), person(STRANGER), bot, { ...person(OWNER), is_bot: true }]);
    assert.deepEqual(stateOf(fuzzed), before, "a press by somebody else has done something");
    await press([person(OWNER)]);
    await clock.advance(1_000);
    await status();
    // Whatever is left gives way to the next round, in which these buttons are stale.
    for (const job of bridge.desk.waiting)
      bridge.desk.remove(job.id, { ...person(OWNER), name: "", role: "owner" });
    await until(() => {
      // One that has just left the queue begins a moment later.
      fuzzed.endTurn();
      return bridge.desk.runs.length === 0 && bridge.desk.waiting.length === 0;
    }, "a job is left");
    messenger.calls.length = 0;
  }
  t.diagnostic(
    `${turns.length} turns, ${fuzzed.decisions()} decisions; ${JSON.stringify(Object.fromEntries(logged))}`,
  );
  assert.ok(fuzzed.decisions() > 0 && turns.length > runs / BATCH / 4);
  for (const reason of ["update refused", "press refused", "press not understood"])
    assert.ok(logged.get(reason), reason);
});

/** A job that runs and asks, two that wait, and one that was interrupted. */
async function furnish({ bridge, store }: FuzzedBridge, firstUpdate: number): Promise<void> {
  const prompts = [0, 1, 2].map(
    (n): Json => ({
      update_id: firstUpdate + n,
      message: {
        message_id: firstUpdate + n,
        date: 0,
        chat: { id: OWNER, type: "private" },
        from: person(OWNER),
        text: `prompt ${n}`,
      },
    }),
  );
  await bridge.receive(prompts.map(asUpdate));
  const isAsking = (): boolean => bridge.desk.runs[0]?.view.waitingForAnswer === true;
  await until(() => isAsking() && bridge.desk.waiting.length === 2, "the prompts are not queued");
  const job = jobOf(INTERRUPTED, 9, []);
  await store.record(
    { k: "queued", job },
    { k: "started", id: INTERRUPTED },
    { k: "interrupted", id: INTERRUPTED },
  );
}

/** What the buttons stand for at this moment. */
function keysOf({ bridge: { desk }, messenger }: FuzzedBridge): string[] {
  const buttons = messenger.sent.slice(-8).flatMap(({ content }) => content.buttons?.flat() ?? []);
  const asked = buttons
    .flatMap((button) => ("data" in button ? [button.data] : []))
    .filter((data) => data.startsWith("ask:"));
  const jobs = [...desk.waiting, ...desk.runs.map(({ job }) => job)].map(({ id }) => id);
  return [...jobs, INTERRUPTED, ...asked.map((data) => data.slice("ask:".length))];
}

function stateOf({ bridge: { desk }, store, decisions }: FuzzedBridge): unknown {
  return {
    running: desk.runs.map(({ job }) => job.id),
    waiting: desk.waiting.map(({ id }) => id),
    open: store.openJobs.map(({ job, status }) => [job.id, status]),
    decisions: decisions(),
  };
}
