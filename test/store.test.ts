import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import fc from "fast-check";
import { type LogFields, silentLog } from "../src/log.ts";
import { readState, Store } from "../src/store.ts";
import type { StoreRecord } from "../src/store-record.ts";
import type { Update } from "../src/telegram/types.ts";
import { fakeClock } from "./fakes/clock.ts";
import { temporaryFolder } from "./fakes/folder.ts";
import { aRecord, jobOf, linesOf } from "./records.ts";

async function newPath(t: TestContext): Promise<string> {
  return join(await temporaryFolder(t), "journal.jsonl");
}

const update = (id: number, text = "hello"): Update => ({
  update_id: id,
  message: { message_id: id, date: 0, chat: { id: 7, type: "private" }, text },
});

/** Everything that a store tells of what it knows. */
const told = (store: Store) => ({
  unhandled: store.unhandled,
  openJobs: store.openJobs,
  lastJob: store.lastJob,
  number: store.nextNumber(),
  sessions: ["claude", "shell"].map((agent) => store.session("7", agent)),
});

test("what is recorded is remembered by the next life", async (t) => {
  const path = await newPath(t);
  const store = await Store.open(path, silentLog);
  assert.equal(store.nextNumber(), 1);
  assert.deepEqual(await store.receive([update(1), update(2), update(3)]), [update(1), update(2), update(3)]);
  await store.record({ k: "handled", updates: [1] });
  await store.record({ k: "queued", job: jobOf("4-a", 4, [2]) });
  await store.record(
    { k: "started", id: "4-a" },
    { k: "session", conversation: "7", agent: "claude", sessionId: "s1" },
  );
  const changed = { ...jobOf("4-a", 4, [2]), parts: [{ messageId: 4, text: "do that" }], files: ["f"] };
  await store.record({ k: "changed", id: "4-a", parts: changed.parts, files: changed.files, updates: [] });
  await store.record({ k: "started", id: "4-a", process: { pid: 9, startTime: "1" } });
  const before = told(store);
  assert.deepEqual(before, {
    unhandled: [update(3)],
    openJobs: [
      { job: changed, status: "started", messages: [], asked: [], process: { pid: 9, startTime: "1" } },
    ],
    lastJob: changed,
    number: 5,
    sessions: ["s1", undefined],
  });
  await store.close();
  const next = await Store.open(path, silentLog);
  assert.deepEqual(told(next), before);
  assert.equal(next.job("4-a")?.status, "started");
  await next.record({ k: "ended", id: "4-a", outcome: "done", at: 0 });
  assert.equal(next.job("4-a"), undefined);
  assert.deepEqual(next.lastJob, changed, "for /retry");
  await next.close();
  assert.deepEqual((await readState(path)).openJobs, []);
});

test("failure 2: an update that comes again is not new, in this life or the next", async (t) => {
  const path = await newPath(t);
  const store = await Store.open(path, silentLog);
  assert.equal((await store.receive([update(5), update(5), update(6)])).length, 2);
  assert.equal((await store.receive([update(6), update(5)])).length, 0);
  await store.record({ k: "handled", updates: [5] });
  assert.equal((await store.receive([update(5)])).length, 0);
  await store.close();
  const next = await Store.open(path, silentLog);
  assert.equal((await next.receive([update(5), update(6), update(7)])).length, 1);
  assert.deepEqual(
    next.unhandled.map(({ update_id }) => update_id),
    [6, 7],
  );
  await next.close();
});

test("updates that could not be written count as not seen", async (t) => {
  const store = await Store.open(await newPath(t), silentLog);
  await store.close();
  await assert.rejects(store.receive([update(1)]));
  assert.deepEqual(store.unhandled, []);
  await assert.rejects(store.receive([update(1)]), "tried again, not taken for old");
});

test("a note that cannot be written is logged, and nothing more", async (t) => {
  const logged: [string, LogFields | undefined][] = [];
  let heard = (): void => {};
  const hearing = new Promise<void>((resolve) => {
    heard = resolve;
  });
  const error = (event: string, fields?: LogFields): void => {
    logged.push([event, fields]);
    heard();
  };
  const store = await Store.open(await newPath(t), { ...silentLog, error });
  await store.close();
  store.note({ k: "handled", updates: [1] });
  await hearing;
  assert.equal(logged[0]?.[0], "journal not written");
});

test("lines that cannot be read are told of, and the rest counts", async (t) => {
  const path = await newPath(t);
  const warned: LogFields[] = [];
  await writeFile(path, '{"k":"queued","jo\n\0\0\n{"k":"update"}\n');
  await appendFile(path, linesOf([{ k: "session", conversation: "7", agent: "claude", sessionId: "s" }]));
  const warn = (_event: string, fields: LogFields = {}) => void warned.push(fields);
  const store = await Store.open(path, { ...silentLog, warn });
  assert.deepEqual(warned, [{ unreadable: 3 }]);
  assert.equal(store.session("7", "claude"), "s");
  await store.close();
});

test("a large journal becomes small, and nothing is lost by it", async (t) => {
  const path = await newPath(t);
  const store = await Store.open(path, silentLog);
  const text = "x".repeat(4_000);
  for (let id = 1; id <= 600; id += 1) {
    store.note({ k: "update", update: update(id, text) });
    if (id > 3) store.note({ k: "handled", updates: [id] });
    if (id % 100 === 0) await store.record({ k: "queued", job: jobOf(`j${id}`, id, []) });
  }
  const before = told(store);
  assert.equal(before.openJobs.length, 6);
  await store.close();
  assert.ok(statSync(path).size < 1_500_000, `${statSync(path).size}`);
  const next = await Store.open(path, silentLog);
  assert.deepEqual(told(next), before);
  assert.equal(
    (await next.receive([update(1), update(600), update(601)])).length,
    1,
    "what was seen stays seen",
  );
  await next.close();
});

test("a state that is itself large is compacted again only when it has doubled", async (t) => {
  const path = await newPath(t);
  const store = await Store.open(path, silentLog);
  const big = (id: number): StoreRecord => ({ k: "update", update: update(id, "x".repeat(100_000)) });
  const inodes: number[] = [];
  for (let id = 1; id <= 60; id += 1) {
    await store.record(big(id));
    inodes.push(statSync(path).ino);
  }
  assert.equal(store.unhandled.length, 60);
  for (let id = 1; id <= 60; id += 1) await store.record({ k: "handled", updates: [id] });
  await store.record(...Array.from({ length: 80 }, (_, index) => big(100 + index)));
  await store.record({ k: "handled", updates: Array.from({ length: 80 }, (_, index) => 100 + index) });
  await store.close();
  const times = inodes.filter((inode, index) => index > 0 && inode !== inodes[index - 1]).length;
  assert.ok(times >= 2 && times <= 4, `${times} times in 6 MB`);
  assert.ok(statSync(path).size < 12_000_000);
});

test("a journal that was removed is told of when it is made anew, and what stands in the way before", async (t) => {
  const folder = join(await temporaryFolder(t), "state");
  mkdirSync(folder);
  const path = join(folder, "journal.jsonl");
  const clock = fakeClock();
  const store = await Store.open(path, silentLog, clock);
  let blocked = true;
  const heard: string[] = [];
  const prepare = (): void => {
    if (blocked) throw new Error("something stands in the way");
    mkdirSync(folder);
  };
  store.onRemoved(prepare, (error) => void heard.push(error === undefined ? "anew" : String(error)));
  store.onTrouble((trouble) => void heard.push(trouble ?? "written again"));
  rmSync(folder, { recursive: true });
  const written = store.record({ k: "session", conversation: "7", agent: "claude", sessionId: "s-1" });
  while (heard.length === 0) await clock.advance(0);
  assert.deepEqual(heard, ["Error: something stands in the way"]);
  await clock.advance(10_000);
  assert.equal(heard.length, 1, "once");
  blocked = false;
  while (heard.length < 3) await clock.advance(2_000);
  await written;
  assert.deepEqual(heard.slice(1), ["anew", "written again"]);
  await store.close();
  assert.match(readFileSync(path, "utf8"), /s-1/);
});

test("a journal that is removed once more while it is made anew is made anew once more", async (t) => {
  const folder = join(await temporaryFolder(t), "state");
  mkdirSync(folder);
  const clock = fakeClock();
  const store = await Store.open(join(folder, "journal.jsonl"), silentLog, clock);
  let times = 0;
  store.onRemoved(
    () => mkdirSync(folder, { recursive: true }),
    () => {
      times += 1;
      // As when `rm -r` is still at work.
      if (times === 1) rmSync(folder, { recursive: true });
    },
  );
  rmSync(folder, { recursive: true });
  const update = { update_id: 1 };
  await assert.rejects(store.receive([update]));
  while (times < 1) await clock.advance(100);
  await assert.rejects(store.receive([update]));
  while (times < 2) await clock.advance(100);
  assert.deepEqual(await store.receive([update]), [update]);
  await store.close();
});

test("any records: what is read from the file is what was in memory", async (t) => {
  const folder = await temporaryFolder(t);
  let count = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(aRecord, { maxLength: 30 }), async (records) => {
      count += 1;
      const path = join(folder, `${count}.jsonl`);
      const store = await Store.open(path, silentLog);
      for (const record of records) store.note(record);
      const before = told(store);
      await store.close();
      const next = await Store.open(path, silentLog);
      assert.deepEqual(told(next), before);
      await next.close();
    }),
    { numRuns: 100 },
  );
});

test("kinds of record from a later version are left alone", async (t) => {
  const path = await newPath(t);
  await writeFile(
    path,
    `{"k":"from-the-future","id":"1"}\n{}\n[]\n${linesOf([{ k: "queued", job: jobOf("a", 1, []) }])}`,
  );
  const { openJobs } = await readState(path);
  assert.deepEqual(
    openJobs.map(({ job }) => job.id),
    ["a"],
  );
  assert.equal(
    (await readFile(path, "utf8")).includes("from-the-future"),
    true,
    "and reading changes nothing",
  );
  assert.deepEqual((await readState(`${path}.none`)).openJobs, []);
});

test("a chat with another id takes along what its conversations have", async (t) => {
  const store = await Store.open(await newPath(t), silentLog);
  for (const conversation of ["-7", "-7/3", "-77"]) {
    await store.record(
      { k: "session", conversation, agent: "claude", sessionId: `s${conversation}` },
      { k: "choice", conversation, name: "mode", value: "ask" },
    );
  }
  await store.record(...store.movedChat(-7, -1007));
  assert.equal(store.choice("-1007", "mode"), "ask");
  assert.equal(store.session("-1007/3", "claude"), "s-7/3");
  assert.equal(store.session("-10077", "claude"), undefined);
  await store.close();
});
