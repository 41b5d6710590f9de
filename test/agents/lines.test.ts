import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { splitLines } from "../../src/agents/lines.ts";

function split(chunks: readonly Buffer[], maxBytes = 1_000): { lines: string[]; dropped: number[] } {
  const lines: string[] = [];
  const dropped: number[] = [];
  const splitter = splitLines((line) => lines.push(line.toString("utf8")), {
    maxBytes,
    onDropped: (bytes) => dropped.push(bytes),
  });
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return { lines, dropped };
}

function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const borders = [0, ...places.toSorted((a, b) => a - b), bytes.length];
  return borders.slice(1).map((end, index) => bytes.subarray(borders[index], end));
}

const LINES = ["한글 메시지", "👩‍👩‍👧 family", "plain", "é à ü"];
const TEXT = Buffer.from(LINES.join("\n"));

test("failure 5: characters of several bytes come whole, wherever the chunks are cut", () => {
  for (let place = 0; place <= TEXT.length; place += 1) {
    assert.deepEqual(split(cutAt(TEXT, [place])).lines, LINES, `cut at ${place}`);
  }
  assert.deepEqual(split([...TEXT].map((byte) => Buffer.of(byte))).lines, LINES, "byte by byte");
});

test("any cuts give the same lines", () => {
  const line = fc.string({ unit: "grapheme" }).map((text) => text.replaceAll("\n", ""));
  const places = fc.array(fc.nat(300), { maxLength: 20 });
  fc.assert(
    fc.property(fc.array(line), places, (wanted, cuts) => {
      const bytes = Buffer.from(wanted.join("\n"));
      const inside = cuts.filter((place) => place <= bytes.length);
      assert.deepEqual(
        split(cutAt(bytes, inside)).lines,
        wanted.filter((text) => text !== ""),
      );
    }),
  );
});

test("a line over the bound is not kept in memory", () => {
  const dropped: number[] = [];
  const splitter = splitLines(() => {}, { maxBytes: 1 << 20, onDropped: (bytes) => dropped.push(bytes) });
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  for (let count = 0; count < 3_000; count += 1) {
    splitter.push(Buffer.alloc(1 << 17, "x"));
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }
  splitter.end();
  assert.deepEqual(dropped, [3_000 << 17]);
  assert.ok(most < 200 << 20, `${most} bytes`);
});

test("a line over the bound is dropped and reported, its neighbours are not", () => {
  const long = "x".repeat(101);
  const cases: [text: string, lines: string[], dropped: number[]][] = [
    [`a\n${long}\nb\n`, ["a", "b"], [101]],
    [`a\n${"x".repeat(100)}\nb\n`, ["a", "x".repeat(100), "b"], []],
    [long, [], [101]],
    [`${long}\n${long}\nb`, ["b"], [101, 101]],
  ];
  for (const [text, lines, dropped] of cases) {
    const bytes = Buffer.from(text);
    const chunkings = [[bytes], [...bytes].map((byte) => Buffer.of(byte)), cutAt(bytes, [50, 90, 150])];
    for (const chunks of chunkings) assert.deepEqual(split(chunks, 100), { lines, dropped });
  }
});
