import assert from "node:assert/strict";
import test from "node:test";
import { setImmediate } from "node:timers/promises";
import { Deliveries } from "../../src/jobs/deliveries.ts";

const isSettled = async (promise: Promise<unknown>): Promise<boolean> => {
  let settled = false;
  void promise.then(() => {
    settled = true;
  });
  await setImmediate();
  return settled;
};

test("what is said beside the agent's turn waits for nothing of it, and holds nothing of it up", async () => {
  const deliveries = new Deliveries();
  let end = (): void => {};
  const open = new Promise<void>((resolve) => {
    end = resolve;
  });
  const place = { chatId: 7, threadId: 3 };
  deliveries.add(place, open, "!");
  const cases: [name: string, before: Promise<void>, settled: boolean][] = [
    ["the next beside it", deliveries.before(place, "!"), false],
    ["the agent's", deliveries.before(place), true],
    ["another topic", deliveries.before({ chatId: 7 }, "!"), true],
    ["the whole chat", deliveries.inChat(7), false],
    ["another chat", deliveries.inChat(73), true],
    ["everything", deliveries.settled(), false],
  ];
  for (const [name, before, settled] of cases) assert.equal(await isSettled(before), settled, name);
  end();
  await deliveries.settled();
  for (const [name, before] of cases) assert.equal(await isSettled(before), true, name);
});
