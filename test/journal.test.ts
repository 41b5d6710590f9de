import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import test, { type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { Journal, RemovedError, replayText } from "../src/journal.ts";
import { temporaryFolder } from "./fakes/folder.ts";

async function newPath(t: TestContext): Promise<string> {
  return join(await temporaryFolder(t), "journal.jsonl");
}

/** What a journal gives when it is opened: its records and how many lines cannot be read. */
async function reopened(path: string): Promise<{ records: object[]; unreadable: number }> {
  const records: object[] = [];
  const { journal, unreadable } = await Journal.open(path, (record) => records.push(record));
  await journal.close();
  return { records, unreadable };
}

const numbers = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => ({ n: from + index }));

test("records come back in the order in which they were written", async (t) => {
  const path = await newPath(t);
  const { journal, unreadable } = await Journal.open(path, () => assert.fail("it is new"));
  assert.equal(unreadable, 0);
  await journal.append([{ n: 0 }, { n: 1 }]);
  await journal.append([]);
  await journal.append([{ n: 2, text: "한글\n\u2028👩‍👧" }]);
  assert.equal(journal.size, statSync(path).size);
  await journal.close();
  assert.deepEqual(await reopened(path), {
    records: [{ n: 0 }, { n: 1 }, { n: 2, text: "한글\n\u2028👩‍👧" }],
    unreadable: 0,
  });
});

test("calls at one time share a write, keep their order, and resolve in it", async (t) => {
  const path = await newPath(t);
  const { journal } = await Journal.open(path, () => {});
  const resolved: number[] = [];
  await Promise.all(
    numbers(500).map((record) => journal.append([record]).then(() => void resolved.push(record.n))),
  );
  await journal.close();
  assert.deepEqual(
    resolved,
    numbers(500).map(({ n }) => n),
  );
  assert.deepEqual((await reopened(path)).records, numbers(500));
});

test("what append has resolved for is in the file already", async (t) => {
  const path = await newPath(t);
  const { journal } = await Journal.open(path, () => {});
  for (const record of numbers(20)) {
    await journal.append([record]);
    assert.ok(readFileSync(path, "utf8").endsWith(`${JSON.stringify(record)}\n`));
  }
  await journal.close();
});

test("close waits for what was asked for before it, and refuses what comes after", async (t) => {
  const path = await newPath(t);
  const { journal } = await Journal.open(path, () => {});
  const before = journal.append([{ n: 0 }]);
  await journal.close();
  await before;
  await assert.rejects(journal.append([{ n: 1 }]));
  assert.deepEqual((await reopened(path)).records, [{ n: 0 }]);
});

test("the file is its owner's alone, also when it was not", async (t) => {
  const path = await newPath(t);
  const umask = process.umask(0);
  try {
    const { journal } = await Journal.open(path, () => {});
    assert.equal(statSync(path).mode & 0o777, 0o600);
    chmodSync(path, 0o644);
    await journal.compact(() => [{ n: 0 }]);
    assert.equal(statSync(path).mode & 0o777, 0o600, "compacted");
    await journal.close();
    chmodSync(path, 0o644);
    await reopened(path);
    assert.equal(statSync(path).mode & 0o777, 0o600, "opened again");
  } finally {
    process.umask(umask);
  }
});

test("it is not opened through a symbolic link", { skip: process.platform === "win32" }, async (t) => {
  const path = await newPath(t);
  writeFileSync(`${path}.other`, '{"n":0}\n', { mode: 0o644 });
  symlinkSync(`${path}.other`, path);
  await assert.rejects(
    Journal.open(path, () => {}),
    { code: "ELOOP" },
  );
  assert.equal(statSync(`${path}.other`).mode & 0o777, 0o644);
});

test("lines that cannot be read are counted and skipped, all others count", () => {
  const cases: [text: string, read: object[], unreadable: number][] = [
    ["", [], 0],
    ['{"n":1}\n{"n":2', [{ n: 1 }], 1],
    ['{"n":1}\n{"n":2\n{"n":3}\n', [{ n: 1 }, { n: 3 }], 1],
    ['{"n":1}\n{"n":2}', [{ n: 1 }, { n: 2 }], 0],
    ['\n\n{"n":1}\n\n', [{ n: 1 }], 0],
    ['7\nnull\n"x"\ntrue\n{"n":1}\n', [{ n: 1 }], 4],
    ['\0\0\0\0\n\xff\xfe{"n":0}\n{"n":1}\n', [{ n: 1 }], 2],
    ['{"n":1}{"n":2}\n', [], 1],
  ];
  for (const [text, read, unreadable] of cases) {
    const records: object[] = [];
    assert.equal(
      replayText(text, (record) => records.push(record)),
      unreadable,
      text,
    );
    assert.deepEqual(records, read, text);
  }
  const throwing = replayText('{"n":1}\n{"n":2}\n', (record) => {
    if ("n" in record && record.n === 1) throw new TypeError("not one of ours");
  });
  assert.equal(throwing, 1, "a record that its reader throws at");
});

test("after a torn end the next record is whole, wherever the end was torn", async (t) => {
  const path = await newPath(t);
  const whole = Buffer.from('{"n":0}\n{"text":"한글"}\n');
  for (let cut = 0; cut <= whole.length; cut += 1) {
    writeFileSync(path, whole.subarray(0, cut));
    const { journal } = await Journal.open(path, () => {});
    await journal.append([{ n: 1 }]);
    await journal.append([{ n: 2 }]);
    await journal.close();
    const { records, unreadable } = await reopened(path);
    assert.deepEqual(records.slice(-2), [{ n: 1 }, { n: 2 }], `cut at ${cut}`);
    assert.ok(unreadable <= 1);
  }
});

test("any bytes at all in the file are survived", async (t) => {
  const path = await newPath(t);
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (garbage) => {
      writeFileSync(path, garbage);
      const { journal } = await Journal.open(path, () => {});
      await journal.append([{ mark: 1 }]);
      await journal.close();
      assert.deepEqual((await reopened(path)).records.at(-1), { mark: 1 });
    }),
    { numRuns: 50 },
  );
});

test("compacting while appends go on loses none, before it, during it and after it", async (t) => {
  const path = await newPath(t);
  const { journal } = await Journal.open(path, () => {});
  const known = new Set<number>();
  const works: Promise<void>[] = [];
  for (const { n } of numbers(600)) {
    known.add(n);
    works.push(journal.append([{ n }]));
    // As the store does: what was asked for counts from the call on.
    if (n % 50 === 25) works.push(journal.compact(() => [{ all: [...known] }]));
    if (n % 20 === 0) await works.at(-1);
  }
  await Promise.all(works);
  assert.equal(journal.size, statSync(path).size);
  await journal.close();
  const { records, unreadable } = await reopened(path);
  const found = (records as { n?: number; all?: number[] }[]).flatMap(({ n, all }) => all ?? n ?? []);
  assert.deepEqual(
    [...new Set(found)].toSorted((a, b) => a - b),
    numbers(600).map(({ n }) => n),
  );
  assert.equal(unreadable, 0);
  assert.ok(records.length < 100, "it has become shorter");
});

test("when compacting fails the old file stays, goes on, and can be compacted later", async (t) => {
  const path = await newPath(t);
  const { journal } = await Journal.open(path, () => {});
  await journal.append([{ n: 0 }]);
  await assert.rejects(
    journal.compact(() => [{ big: 1n }]),
    TypeError,
  );
  await journal.append([{ n: 1 }]);
  assert.deepEqual(
    readFileSync(path, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
    numbers(2),
  );
  await journal.compact(() => [{ n: 1 }]);
  await journal.close();
  assert.deepEqual((await reopened(path)).records, [{ n: 1 }]);
});

test("what a crash has left of compacting does not stand in the way", async (t) => {
  const path = await newPath(t);
  writeFileSync(`${path}.tmp`, '{"n":"half');
  const { journal } = await Journal.open(path, () => {});
  await journal.append([{ n: 0 }]);
  await journal.compact(() => [{ n: 0 }]);
  await journal.close();
  assert.deepEqual((await reopened(path)).records, [{ n: 0 }]);
  assert.deepEqual(readdirSync(join(path, "..")), ["journal.jsonl"]);
});

test("what is written to a file that was removed, moved away or replaced does not count", async (t) => {
  const cases: [name: string, lose: (path: string) => void][] = [
    ["removed", (path) => rmSync(path)],
    ["moved away", (path) => renameSync(path, `${path}.away`)],
    ["moved away with its folder", (path) => renameSync(dirname(path), `${dirname(path)}-away`)],
    ["replaced", (path) => copyFileSync(path, `${path}.copy`) ?? renameSync(`${path}.copy`, path)],
  ];
  for (const [name, lose] of cases) {
    const folder = join(await temporaryFolder(t), "state");
    mkdirSync(folder);
    const path = join(folder, "journal.jsonl");
    const { journal } = await Journal.open(path, () => {});
    await journal.append([{ n: 0 }]);
    lose(path);
    await assert.rejects(journal.append([{ n: 1 }]), RemovedError, name);
    mkdirSync(folder, { recursive: true });
    await journal.compact(() => numbers(2));
    await journal.append([{ n: 2 }]);
    await journal.close();
    assert.deepEqual((await reopened(path)).records, numbers(3), name);
  }
});

test("on a full disk an append fails as a whole, and the next that finds room is kept", async (t) => {
  const path = await newPath(t);
  const script = fileURLToPath(new URL("fakes/journal-writer.ts", import.meta.url));
  // A limit on the size of files stands for the disk: the write that reaches it is cut off in the middle.
  const { stdout, stderr, status } = spawnSync(
    "bash",
    ["-c", 'ulimit -S -f 64 && exec "$0" --import tsx "$1" "$2"', process.execPath, script, path],
    { encoding: "utf8", env: { ...process.env, TSX_DISABLE_CACHE: "1" } },
  );
  assert.equal(status, 0, stderr);
  const { written, failed, code, onDisk } = JSON.parse(stdout);
  assert.deepEqual([failed, code], [[13, 14, 15], "EFBIG"]);
  assert.deepEqual(onDisk, [...numbers(13).map(({ n }) => n), 100], "nothing is left of what failed");
  assert.deepEqual(written, [...onDisk, 101], "after compacting there is room again");
  assert.deepEqual(await reopened(path), { records: written.map((n: number) => ({ n })), unreadable: 0 });
});
