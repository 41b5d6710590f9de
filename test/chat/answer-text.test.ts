import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { type AnswerText, createAnswerText } from "../../src/chat/answer-text.ts";
import { temporaryFolder } from "../fakes/folder.ts";

const KEPT = 32 * 1024;
const TAIL = 4 * 1024;

async function newAnswer(t: TestContext, path?: string): Promise<{ text: AnswerText; path: string }> {
  const file = path ?? join(await temporaryFolder(t), "answer.txt");
  const text = createAnswerText(file);
  t.after(() => text.close());
  return { text, path: file };
}

/** What is really held, without what waits for its collection. */
function heapInUse(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return process.memoryUsage().heapUsed;
}

test("a short answer is whole, and its file is gone at the end", async (t) => {
  const { text, path } = await newAnswer(t);
  assert.deepEqual([text.whole, text.head, text.tail, text.length], ["", "", "", 0]);
  text.append("한글 ");
  text.append("x".repeat(KEPT - 3));
  assert.equal(text.whole?.length, KEPT);
  assert.equal(text.head, text.whole);
  assert.equal(text.tail, "x".repeat(TAIL));
  assert.deepEqual(text.bytes(), { bytes: Buffer.from(text.head), complete: true });
  text.close();
  assert.equal(existsSync(path), false);
});

test("a long one keeps its head and its tail, and is all in a file of its owner's", async (t) => {
  const { text, path } = await newAnswer(t);
  const lines = Array.from({ length: 30_000 }, (_, index) => `line ${index} 한글\n`);
  for (const line of lines) text.append(line);
  const all = lines.join("");
  assert.equal(text.whole, undefined);
  assert.equal(text.length, all.length);
  assert.equal(text.head, all.slice(0, KEPT));
  assert.equal(text.tail, all.slice(-TAIL));
  const { bytes, complete } = text.bytes();
  assert.equal(complete, true);
  assert.ok(bytes.equals(Buffer.from(all)));
  assert.equal(statSync(path).mode & 0o777, 0o600);
  text.append("more");
  assert.ok(text.bytes().bytes.equals(Buffer.from(`${all}more`)), "it may go on afterwards");
  text.close();
  assert.equal(existsSync(path), false);
  text.close();
});

test("one piece that is too long at once has a head as well", async (t) => {
  for (const length of [KEPT + 1, 70_000, 200_000]) {
    const { text } = await newAnswer(t);
    const all = Array.from({ length: length / 10 }, (_, index) => String(index).padStart(10)).join("");
    text.append(all);
    assert.equal(text.head, all.slice(0, KEPT));
    assert.equal(text.tail, all.slice(-TAIL));
    assert.ok(text.bytes().bytes.equals(Buffer.from(all)));
  }
});

test("failure 5: any text, cut anywhere, comes out as it went in", async (t) => {
  const folder = await temporaryFolder(t);
  // Long enough to pass all the borders, of characters that have two halves.
  const piece = fc
    .tuple(
      fc.string({ unit: fc.constantFrom("a", "한", "👩", "\n"), minLength: 1, maxLength: 8 }),
      fc.nat(9_000),
    )
    .map(([text, times]) => text.repeat(times));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), fc.array(fc.nat(), { maxLength: 20 }), (pieces, cuts) => {
      const all = pieces.join("");
      const places = [0, ...cuts.map((cut) => cut % (all.length + 1)).toSorted((a, b) => a - b), all.length];
      const text = createAnswerText(join(folder, "answer.txt"));
      for (const [index, place] of places.slice(1).entries()) text.append(all.slice(places[index], place));
      const { bytes, complete } = text.bytes();
      assert.equal(complete, true);
      assert.ok(bytes.equals(Buffer.from(all)));
      assert.ok(all.startsWith(text.head) && text.head.length >= Math.min(all.length, KEPT - 1));
      assert.ok(all.endsWith(text.tail) && text.tail.length >= Math.min(all.length, TAIL - 1));
      assert.ok(!/\p{Surrogate}/u.test(text.head + text.tail), "no half characters");
      text.close();
      assert.deepEqual(readdirSync(folder), []);
    }),
    { numRuns: 60 },
  );
});

test("an answer without end costs no memory, and its file stays within what can be sent", async (t) => {
  const { text, path } = await newAnswer(t);
  // Made anew each time: pieces of one string would share their memory.
  const chunk = (): string => Buffer.alloc(65_536, "0123456789abcdef").toString("latin1");
  const before = heapInUse();
  for (let count = 0; count < 1_000; count += 1) text.append(chunk());
  assert.ok(heapInUse() - before < 4_000_000, "62 MB went through");
  assert.equal(text.length, 65_536_000);
  const { bytes, complete } = text.bytes();
  assert.equal(complete, false);
  assert.ok(bytes.length > 46_900_000 && bytes.length <= 47_000_000);
  assert.equal(statSync(path).size, bytes.length);
  assert.equal(text.head.length, KEPT);
  assert.equal(text.tail, chunk().slice(-TAIL));
});

test("where nothing can be written the run goes on, and the answer says that it is not complete", async (t) => {
  const folder = await temporaryFolder(t);
  mkdirSync(join(folder, "taken"));
  for (const path of [join(folder, "missing", "answer.txt"), join(folder, "taken")]) {
    const { text } = await newAnswer(t, path);
    const all = "0123456789".repeat(50_000);
    for (let place = 0; place < all.length; place += 1_000) text.append(all.slice(place, place + 1_000));
    assert.equal(text.whole, undefined);
    assert.deepEqual([text.head, text.tail, text.length], [all.slice(0, KEPT), all.slice(-TAIL), all.length]);
    assert.deepEqual(text.bytes(), { bytes: Buffer.from(text.head), complete: false });
    text.close();
  }
  assert.deepEqual(readdirSync(folder), ["taken"]);
});

test("a file that somebody removed while it was written to is still read, and one that was cut is missing", async (t) => {
  const { text, path } = await newAnswer(t);
  text.append("x".repeat(200_000));
  rmSync(path);
  text.append("y".repeat(200_000));
  const all = Buffer.from("x".repeat(200_000) + "y".repeat(200_000));
  assert.ok(text.bytes().bytes.equals(all));
  assert.equal(text.bytes().complete, true);
  text.close();
  const cut = await newAnswer(t);
  cut.text.append("x".repeat(200_000));
  truncateSync(cut.path, 10);
  assert.deepEqual(cut.text.bytes(), { bytes: Buffer.from("x".repeat(KEPT)), complete: false });
});

test("closing ends nothing when a file has taken the place of its folder", async (t) => {
  const folder = join(await temporaryFolder(t), "spool");
  mkdirSync(folder);
  const { text } = await newAnswer(t, join(folder, "answer.txt"));
  text.append("x".repeat(200_000));
  rmSync(folder, { recursive: true });
  writeFileSync(folder, "");
  assert.doesNotThrow(() => text.close());
});
