import assert from "node:assert/strict";
import test from "node:test";
import { createBackoff } from "../src/backoff.ts";

function waits(random: () => number, count: number): number[] {
  const backoff = createBackoff(random);
  return Array.from({ length: count }, () => backoff.next());
}

test("failure 6: the waiting times double from a second up to half a minute, and never come to nothing", () => {
  assert.deepEqual(
    waits(() => 1, 8),
    [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000],
  );
  assert.deepEqual(
    waits(() => 0, 7),
    [1_000, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000],
  );
  assert.equal(waits(Math.random, 5_000).at(-1)?.toString().includes("NaN"), false);
});

test("after a success it starts anew", () => {
  const backoff = createBackoff(() => 1);
  backoff.next();
  backoff.next();
  assert.equal(backoff.failures, 2);
  backoff.reset();
  assert.equal(backoff.failures, 0);
  assert.equal(backoff.next(), 1_000);
});
