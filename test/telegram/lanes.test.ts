import assert from "node:assert/strict";
import test from "node:test";
import type { Attempt, Operation, OperationKind } from "../../src/telegram/lane.ts";
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
  const chats = left.map((call) => call.replace(/^\d+ /, ""));
  const others = [2, 3, 4, 5, 6, 7, 8, 9, 10].map((chat) => `chat ${chat}`);
  assert.equal(left[0], "0 chat 1");
  assert.deepEqual(
    chats.slice(1).toSorted(),
    others.flatMap((chat) => Array.from({ length: 5 }, () => chat)).toSorted(),
  );
});

test("all chats together make 25 calls a second, after a burst of 5", async () => {
  const clock = fakeClock();
  const lanes = new Lanes(clock);
  const left: number[] = [];
  const attempt = async (): Promise<"settled"> => {
    left.push(clock.monotonic());
    return "settled";
  };
  for (let chat = 1; chat <= 105; chat++) lanes.add(chat, operation("send", attempt));
  await clock.advance(10_000);
  const expected = Array.from({ length: 105 }, (_, index) => Math.max(0, index - 4) * 40);
  assert.deepEqual(left, expected);
});

test("a reply does not wait for the notices to a crowd of others", async () => {
  const clock = fakeClock();
  const lanes = new Lanes(clock);
  for (let stranger = 1; stranger <= 400; stranger++) lanes.add(stranger, operation("notice"));
  await clock.advance(2_010);
  let left: number | undefined;
  const attempt = async (): Promise<"settled"> => {
    left = clock.monotonic();
    return "settled";
  };
  lanes.add(1_000, operation("send", attempt));
  assert.equal(left, 2_010);
});

test("waking ends the waits after failures in every lane, and they begin anew", async () => {
  const clock = fakeClock();
  const lanes = new Lanes(clock);
  const left: string[] = [];
  for (const chat of [1, 2]) {
    const attempt = async (): Promise<Attempt> => {
      left.push(`${clock.monotonic()} chat ${chat}`);
      return clock.monotonic() <= 100_000 ? "again" : "settled";
    };
    lanes.add(chat, operation("send", attempt));
  }
  await clock.advance(100_000);
  left.length = 0;
  lanes.wake();
  await clock.advance(3_000);
  assert.deepEqual(left, ["100000 chat 1", "100000 chat 2", "101000 chat 1", "101000 chat 2"]);
});

test("waking does not end a pause that the server asked for", async () => {
  const clock = fakeClock();
  const lanes = new Lanes(clock);
  const left: number[] = [];
  const attempt = async (): Promise<Attempt> => {
    left.push(clock.monotonic());
    return left.length === 1 ? { pauseSeconds: 60 } : "settled";
  };
  lanes.add(1, operation("send", attempt));
  await clock.advance(10_000);
  lanes.wake();
  await clock.advance(100_000);
  assert.deepEqual(left, [0, 60_000]);
});

const FLUSHES: readonly [string, OperationKind, number][] = [
  ["waits for a send", "send", 2_000],
  ["waits for a final edit", "final", 2_000],
  ["waits for a notice on its way", "notice", 2_000],
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
