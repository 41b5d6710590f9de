import assert from "node:assert/strict";
import test from "node:test";
import { retryWatch } from "../../../src/agents/codex/retry-watch.ts";

test("only tries that go on without a pause and without anything else are too many", () => {
  const cases: [seconds: (number | "progress")[], tooLong: number[]][] = [
    [[0, 5, 10, 115, 119], []],
    [
      [0, 25, 50, 75, 100, 120, 125],
      [120, 125],
    ],
    [[0, 25, 50, "progress", 75, 100, 120], []],
    [[0, 200, 205], []],
  ];
  for (const [seconds, tooLong] of cases) {
    const found: number[] = [];
    let time = 0;
    const watch = retryWatch(
      120_000,
      () => found.push(time / 1_000),
      () => time,
    );
    for (const second of seconds) {
      if (second === "progress") watch.progressed();
      else {
        time = second * 1_000;
        watch.retries({});
      }
    }
    assert.deepEqual(found, tooLong);
  }
});
