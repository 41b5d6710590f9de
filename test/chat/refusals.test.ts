import assert from "node:assert/strict";
import test from "node:test";
import { createRefusals } from "../../src/chat/refusals.ts";

const HOUR = 60 * 60 * 1000;

test("each user is told once an hour", () => {
  let time = 0;
  const refusals = createRefusals(() => time);
  const due = (at: number, user: number): boolean => {
    time = at;
    return refusals.due(user);
  };
  assert.deepEqual(
    [due(0, 7), due(0, 7), due(0, 8), due(HOUR - 1, 7), due(HOUR, 7), due(HOUR + 1, 7), due(HOUR + 1, 8)],
    [true, false, true, false, true, false, true],
  );
});

test("a crowd does not grow the memory: the ones told first are forgotten first", () => {
  const refusals = createRefusals(() => 0);
  for (let user = 0; user <= 1_000; user += 1) assert.equal(refusals.due(user), true);
  assert.equal(refusals.due(1_000), false);
  assert.equal(refusals.due(1), false);
  assert.equal(refusals.due(0), true, "the first of 1001");
});
