import assert from "node:assert/strict";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { Gather } from "../../src/terminal/gather.ts";

const KILOBYTE = 1024;

function gatherer(): { gather: Gather; handed: Buffer[]; lengths: () => number[] } {
  const handed: Buffer[] = [];
  const lengths = (): number[] => handed.map(({ length }) => length / KILOBYTE);
  return { gather: new Gather((bytes) => handed.push(bytes)), handed, lengths };
}

const piece = (kilobytes: number): Buffer => Buffer.alloc(kilobytes * KILOBYTE, "x");

test("a little is handed on at once, a flood in large pieces", async () => {
  const cases: readonly (readonly [what: string, pieces: number[], atOnce: number[], then: number[]])[] = [
    ["a key", [1], [1], []],
    ["a screen", [4, 4, 4, 4], [4, 4, 4, 4], []],
    ["a flood", [...Array(40).fill(4)], [4, 4, 4, 4, 64, 64], [16]],
    ["a large piece", [4, 100, 4, 4], [4, 100], [8]],
    ["a large piece behind small ones", [12, 12, 70], [12, 12, 70], []],
  ];
  for (const [what, pieces, atOnce, then] of cases) {
    const { gather, handed, lengths } = gatherer();
    for (const kilobytes of pieces) gather.push(piece(kilobytes));
    assert.deepEqual(lengths(), atOnce, what);
    handed.length = 0;
    await sleep(20);
    assert.deepEqual(lengths(), then, what);
  }
});

test("nothing is lost, doubled or moved, whatever the pieces are", async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 100 * KILOBYTE }), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(sizes, async (lengths) => {
      const { gather, handed } = gatherer();
      const pieces = lengths.map((length, index) => Buffer.alloc(length, index + 1));
      for (const each of pieces) gather.push(each);
      gather.flush();
      assert.ok(Buffer.concat(handed).equals(Buffer.concat(pieces)));
    }),
  );
});
