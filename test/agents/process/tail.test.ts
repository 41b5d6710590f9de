import assert from "node:assert/strict";
import test from "node:test";
import { keepTail } from "../../../src/agents/process/tail.ts";

test("the last bytes are kept, from a whole character on", () => {
  const cases: [chunks: string[], kept: string][] = [
    [[], ""],
    [["short\n"], "short"],
    [["0123456789abc"], "3456789abc"],
    [["0123456", "789abc"], "3456789abc"],
    [["01234567890123456789", "z"], "123456789z"],
    [["글글글글"], "글글글"],
    [["글x글글글"], "x글글글"],
  ];
  for (const [chunks, kept] of cases) {
    const tail = keepTail(10);
    for (const chunk of chunks) tail.push(Buffer.from(chunk));
    assert.equal(tail.text(), kept, chunks.join("|"));
  }
});
