import assert from "node:assert/strict";
import test from "node:test";
import type { Operation, OperationKind } from "../../src/telegram/lane.ts";
import { Lanes } from "../../src/telegram/lanes.ts";
import { fakeClock } from "../fakes/clock.ts";

/** An operation whose only try takes as long as it is told. */
function operation(kind: OperationKind, attempt: Operation["attempt"] = async () => "settled"): Operation {
  return { kind, attempt, dropped() {} };
}

test("ten chats do not wait for each other", async () => {
  const clock = fakeClock();
  const lanes = new Lanes(clock);
  const left: string[] = [];
  for (let chat = 1; chat <= 10; chat++) {
    for (let call = 1; call <= 5; call++) {
      const attempt = async () => {
        left.push(`${clock.monotonic()} chat ${chat}`);
        return chat === 1 ? { pauseSeconds: 600 } : "settled";
      };
      lanes.add(chat, operation("send", attempt));
    }
  }
  await clock.advance(5_000);
  const others = [2, 3, 4, 5, 6, 7, 8, 9, 10];
  assert.deepEqual(
    left.toSorted(),
    [
      "0 chat 1",
      ...others.flatMap((chat) => [0, 0, 0, 0, 1100].map((time) => `${time} chat ${chat}`)),
    ].toSorted(),
  );
});

const FLUSHES: readonly [string, OperationKind, number][] = [
  ["waits for a send", "send", 2_000],
  ["waits for a final edit", "final", 2_000],
  ["does not wait for a frame", "frame", 0],
  ["does not wait for an action", "action", 0],
];

for (const [title, kind, expected] of FLUSHES) {
  test(`flush ${title}`, async () => {
    const clock = fakeClock();
    const lanes = new Lanes(clock);
    const takesLong = (): Promise<"settled"> =>
      new Promise((resolve) => void clock.after(2_000, () => resolve("settled")));
    lanes.add(1, operation(kind, takesLong));
    let ended: number | undefined;
    void lanes.flush(3_000).then(() => {
      ended = clock.monotonic();
    });
    await clock.advance(10_000);
    assert.equal(ended, expected);
  });
}

test("flush ends after its time whatever waits", async () => {
  const clock = fakeClock();
  const lanes = new Lanes(clock);
  lanes.add(
    1,
    operation("final", async () => ({ pauseSeconds: 13_938 })),
  );
  let ended: number | undefined;
  void lanes.flush(3_000).then(() => {
    ended = clock.monotonic();
  });
  await clock.advance(10_000);
  assert.equal(ended, 3_000);
});

test("strangers do not make it grow, and a chat that was told to wait is not forgotten", async () => {
  const clock = fakeClock();
  const lanes = new Lanes(clock);
  const left: number[] = [];
  lanes.add(
    1,
    operation("action", async () => ({ pauseSeconds: 3_600 })),
  );
  for (let stranger = 0; stranger < 2_000; stranger++) {
    lanes.add(1_000 + stranger, operation("send"));
    await clock.advance(1_000);
  }
  assert.ok(lanes.size <= 201, `${lanes.size} lanes`);
  lanes.add(
    1,
    operation("send", async () => {
      left.push(clock.monotonic());
      return "settled";
    }),
  );
  await clock.advance(3_600_000);
  assert.deepEqual(left, [3_600_000]);
});
