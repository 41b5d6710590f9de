import assert from "node:assert/strict";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import type { Person } from "../../src/jobs/person.ts";
import { silentLog } from "../../src/log.ts";
import { MOST_SCHEDULES, ScheduleBook } from "../../src/schedules/book.ts";
import type { Timing } from "../../src/schedules/schedule.ts";
import { Store } from "../../src/store.ts";
import { fakeClock } from "../fakes/clock.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import "./local.ts";

const ADA: Person = { id: 7, name: "Ada", role: "owner" };
const BOB: Person = { id: 8, name: "Bob", role: "guest" };
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const every = (ms: number): Timing => ({ kind: "every", ms });

/** A book whose runs are written down as queued; they are over when the test says so. */
async function project(t: TestContext) {
  const path = join(await temporaryFolder(t), "journal.jsonl");
  let offset = 0;
  const timers = fakeClock();
  const clock = { ...timers, now: () => timers.now() + offset, advance: timers.advance };
  const allowed = new Set([ADA.id, BOB.id]);
  const runs: string[] = [];
  const opened: Store[] = [];
  t.after(() => Promise.all(opened.map((store) => store.close())));

  /** Opens what the journal has. The life before is not told that it ends. */
  async function live() {
    const store = await Store.open(path, silentLog);
    opened.push(store);
    const book = new ScheduleBook({
      store,
      clock,
      log: silentLog,
      mayPrompt: ({ author }) => allowed.has(author.id),
      async queue(draft, fired) {
        const number = store.nextNumber();
        runs.push(`${draft.parts[0]?.text} ${draft.schedule?.note}`);
        await store.record({
          k: "queued",
          job: { ...draft, id: `${number}-a`, number, queuedAt: clock.now() },
          fired,
        });
      },
    });
    const plan = (timing: Timing, prompt = "x", person = ADA, update = 1) =>
      book.add({ place: { chatId: 7 }, author: person, messageId: 1, prompt, timing }, update);
    const end = async (outcome: "done" | "removed" = "done"): Promise<void> => {
      for (const { job } of store.openJobs) await store.record({ k: "ended", id: job.id, outcome, at: 0 });
    };
    return { store, book, plan, end };
  }

  return {
    clock,
    runs,
    allowed,
    live,
    putClock: (ms: number) => {
      offset += ms;
    },
  };
}

test("what is due is queued, again and again, without drifting", async (t) => {
  const { clock, runs, live } = await project(t);
  const { book, plan, end } = await live();
  book.start();
  assert.equal(clock.pending, 0, "without a schedule there is nothing to wait for");
  await plan(every(10 * MINUTE));
  await clock.advance(10 * MINUTE - 1);
  assert.deepEqual(runs, []);
  await clock.advance(1);
  assert.deepEqual(runs, ["x ⏰ every 10 min"]);
  await end();
  await clock.advance(30 * SECOND);
  const [schedule] = book.all;
  assert.equal(schedule?.next, clock.now() + 10 * MINUTE - 30 * SECOND);
  assert.equal(schedule?.runs, 1);
  await clock.advance(10 * MINUTE);
  assert.equal(runs.length, 2);
  book.stop();
  await end();
  await clock.advance(HOUR);
  assert.equal(runs.length, 2);
});

test("what is asked for once runs once, and is gone with the record that queues it", async (t) => {
  const { clock, runs, live } = await project(t);
  const first = await live();
  first.book.start();
  await first.plan({ kind: "at", at: clock.now() + HOUR });
  await clock.advance(HOUR);
  assert.deepEqual(runs, ["x ⏰ once"]);
  assert.deepEqual(first.book.all, []);
  first.book.stop();
  const next = await live();
  assert.deepEqual(next.book.all, []);
  assert.equal(next.store.openJobs.length, 1);
  next.book.start();
  await clock.advance(2 * HOUR);
  assert.equal(runs.length, 1);
});

test("what was missed runs once at the start, with a mark", async (t) => {
  const { clock, runs, live } = await project(t);
  const first = await live();
  await first.plan(every(10 * MINUTE), "often");
  await first.plan({ kind: "at", at: clock.now() + HOUR }, "single");
  await first.plan({ kind: "daily", hour: 9, minute: 0, days: [0, 1, 2, 3, 4, 5, 6] }, "daily");
  await clock.advance(48 * HOUR);
  const next = await live();
  next.book.start();
  // It began at 1:00 by the local clock, on 1 January.
  assert.deepEqual(runs.toSorted(), [
    "daily ⏰ daily at 09:00 · missed on 2026-01-02 at 09:00",
    "often ⏰ every 10 min · missed at 01:00",
    "single ⏰ once · missed on 2026-01-01 at 02:00",
  ]);
  await clock.advance(0);
  await next.end();
  assert.equal(next.book.all.length, 2);
  await clock.advance(10 * MINUTE);
  assert.equal(runs.length, 4, "and on by the plan");
});

test("a machine that has slept runs what it has missed, and says so", async (t) => {
  const { clock, runs, live, putClock } = await project(t);
  const { book, plan } = await live();
  book.start();
  await plan({ kind: "at", at: clock.now() + HOUR });
  putClock(3 * HOUR);
  await clock.advance(MINUTE);
  assert.deepEqual(runs, ["x ⏰ once · missed at 02:00"]);
});

test("a run that is due while the last one waits or runs is left out, and that is noted", async (t) => {
  const { clock, runs, live } = await project(t);
  const { book, plan, store, end } = await live();
  book.start();
  await plan(every(MINUTE));
  await clock.advance(3 * MINUTE);
  assert.equal(runs.length, 1);
  assert.equal(book.all[0]?.skipped?.why, "busy");
  await store.record({ k: "started", id: store.openJobs[0]?.job.id ?? "" });
  await clock.advance(MINUTE);
  assert.equal(runs.length, 1);
  assert.equal(book.all[0]?.skipped?.at, clock.now());
  await end();
  await clock.advance(MINUTE);
  assert.equal(runs.length, 2);
  assert.equal(book.all[0]?.skipped, undefined);
});

test("schedules of somebody who is no longer allowed do not run", async (t) => {
  const { clock, runs, live, allowed } = await project(t);
  const { book, plan } = await live();
  book.start();
  await plan(every(MINUTE), "often", BOB, 1);
  await plan({ kind: "at", at: clock.now() + MINUTE }, "single", BOB, 2);
  allowed.delete(BOB.id);
  await clock.advance(MINUTE);
  assert.deepEqual(runs, []);
  assert.deepEqual(
    book.all.map(({ prompt, skipped }) => [prompt, skipped?.why]),
    [["often", "not-allowed"]],
  );
  allowed.add(BOB.id);
  await clock.advance(MINUTE);
  assert.deepEqual(runs, ["often ⏰ every 1 min"]);
});

test("paused it does not run, resumed it goes on from now; others' are only for owners", async (t) => {
  const { clock, runs, live } = await project(t);
  const first = await live();
  first.book.start();
  const made = await first.plan(every(10 * MINUTE));
  const id = made?.id ?? "";
  assert.equal(await first.book.pause(id, BOB), "not-yours");
  assert.equal(await first.book.remove(id, BOB), "not-yours");
  await first.book.pause(id, ADA);
  await clock.advance(HOUR);
  assert.deepEqual(runs, []);
  first.book.stop();
  const { book } = await live();
  book.start();
  assert.equal(book.all[0]?.paused, true, "in the next life too");
  await clock.advance(5 * MINUTE);
  await book.resume(id, ADA);
  await book.resume(id, ADA);
  await clock.advance(9 * MINUTE);
  assert.deepEqual(runs, []);
  await clock.advance(MINUTE);
  assert.deepEqual(runs, ["x ⏰ every 10 min"]);
  assert.ok(await book.remove(id, ADA));
  assert.equal(await book.remove(id, ADA), undefined);
  assert.equal(await book.pause(id, ADA), undefined);
  await clock.advance(HOUR);
  assert.equal(runs.length, 1);
});

test("a clock that is put back or forward by far does not stop or multiply runs", async (t) => {
  const { clock, runs, live, putClock } = await project(t);
  const { book, plan, end } = await live();
  book.start();
  await plan(every(10 * MINUTE), "often");
  await plan({ kind: "daily", hour: 9, minute: 0, days: [0, 1, 2, 3, 4, 5, 6] }, "daily", ADA, 2);
  putClock(-24 * HOUR);
  await clock.advance(11 * MINUTE);
  assert.deepEqual(runs, ["often ⏰ every 10 min"]);
  await end();
  await clock.advance(8 * HOUR);
  assert.equal(runs.filter((run) => run.startsWith("daily")).length, 1, "at nine of that day");
  await end();
  putClock(-5 * SECOND);
  await clock.advance(HOUR);
  assert.equal(runs.filter((run) => run.startsWith("daily")).length, 1, "a correction is no new day");
  await end();
  putClock(10 * 24 * HOUR);
  await clock.advance(MINUTE);
  assert.equal(runs.filter((run) => run.startsWith("daily")).length, 2, "once for all that was left out");
});

test("there are only so many, a command that comes again makes no second one, and a group may move", async (t) => {
  const { live } = await project(t);
  const { book, plan, store } = await live();
  for (let count = 0; count < MOST_SCHEDULES; count++) assert.ok(await plan(every(HOUR)));
  assert.equal(await plan(every(HOUR)), undefined);
  assert.equal(new Set(book.all.map(({ id }) => id)).size, MOST_SCHEDULES);
  await store.receive([{ update_id: 5 }]);
  await book.remove(book.all[0]?.id ?? "", ADA);
  await plan(every(HOUR), "x", ADA, 5);
  assert.deepEqual(store.unhandled, [], "the update is dealt with by the same record");
  book.moveChat(7, -100);
  assert.ok(book.all.every(({ place }) => place.chatId === -100));
});
