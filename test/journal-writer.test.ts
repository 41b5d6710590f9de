import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { Journal } from "../src/journal.ts";
import { JournalWriter } from "../src/journal-writer.ts";
import { fakeClock } from "./fakes/clock.ts";
import { temporaryFolder } from "./fakes/folder.ts";

/** A writer on a real journal whose disk can be filled up: then every write fails as it does on a full one. */
async function setUp(t: TestContext) {
  const path = join(await temporaryFolder(t), "journal.jsonl");
  const { journal } = await Journal.open(path, () => {});
  const disk = { full: false, tries: 0 };
  const append = journal.append.bind(journal);
  journal.append = (records) => {
    disk.tries += 1;
    return disk.full
      ? Promise.reject(Object.assign(new Error("no space"), { code: "ENOSPC" }))
      : append(records);
  };
  const clock = fakeClock();
  const troubles: unknown[] = [];
  const onTrouble = (error: unknown): void =>
    void troubles.push((error as NodeJS.ErrnoException | undefined)?.code);
  const writer = new JournalWriter(journal, { clock, onTrouble });
  const lines = (): string[] => readFileSync(path, "utf8").split("\n").filter(Boolean);
  return { writer, disk, clock, troubles, lines };
}

test("records asked for in one go share a write and keep their order", async (t) => {
  const { writer, disk, lines } = await setUp(t);
  await Promise.all([writer.append([{ n: 1 }]), writer.append([{ n: 2 }, { n: 3 }])]);
  assert.deepEqual(lines(), ['{"n":1}', '{"n":2}', '{"n":3}']);
  assert.equal(disk.tries, 1);
  await writer.close();
});

test("one append right after another is written, however little time is between them", async (t) => {
  const { writer, lines } = await setUp(t);
  for (const n of [1, 2, 3]) await writer.append([{ n }]);
  await writer.append([{ n: 4 }]).then(() => writer.append([{ n: 5 }]));
  assert.equal(lines().length, 5);
  await writer.close();
});

test("on a full disk records wait, keep their order, and are told of once", async (t) => {
  const { writer, disk, clock, troubles, lines } = await setUp(t);
  disk.full = true;
  const first = writer.append([{ n: 1 }]);
  await clock.advance(0);
  const second = writer.append([{ n: 2 }]);
  await clock.advance(10_000);
  assert.deepEqual(lines(), []);
  assert.ok(disk.tries > 2, "it goes on trying");
  assert.deepEqual(troubles, ["ENOSPC"]);
  disk.full = false;
  await clock.advance(2_000);
  await Promise.all([first, second]);
  assert.deepEqual(lines(), ['{"n":1}', '{"n":2}']);
  assert.deepEqual(troubles, ["ENOSPC", undefined]);
  await writer.close();
});

test("what must not wait fails at once and leaves nothing behind; what waits is tried with it", async (t) => {
  const { writer, disk, lines } = await setUp(t);
  disk.full = true;
  const waiting = writer.append([{ n: 1 }]);
  await assert.rejects(writer.appendNow([{ n: "now" }]), { code: "ENOSPC" });
  await assert.rejects(writer.appendNow([{ n: "now" }]), { code: "ENOSPC" });
  disk.full = false;
  await writer.appendNow([{ n: "then" }]);
  await waiting;
  assert.deepEqual(lines(), ['{"n":1}', '{"n":"then"}']);
  await writer.close();
});

test("closing tries once more, and says so to whoever still waits", async (t) => {
  const { writer, disk, lines } = await setUp(t);
  disk.full = true;
  const lost = writer.append([{ n: 1 }]);
  const rejected = assert.rejects(lost, { code: "ENOSPC" });
  await writer.close();
  await rejected;
  assert.deepEqual(lines(), []);
  await assert.rejects(writer.append([{ n: 2 }]), /closed/);
});
