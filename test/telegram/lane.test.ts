import assert from "node:assert/strict";
import test from "node:test";
import { type Attempt, Lane, type Operation, type OperationKind } from "../../src/telegram/lane.ts";
import { createOverallBucket } from "../../src/telegram/pacing.ts";
import { type FakeClock, fakeClock } from "../fakes/clock.ts";

interface Script {
  readonly key?: string;
  /** How long each try takes, in milliseconds. */
  readonly takes?: number;
  /** What the tries come to, the last of them again and again. `settled` unless told. */
  readonly results?: readonly Attempt[];
  readonly wanted?: () => boolean;
}

/** A lane whose calls are written down: `<ms> <name>` when a try leaves, `<name> dropped` when it will never leave. */
function recordedLane(group = false) {
  const clock = fakeClock();
  const events: string[] = [];
  const lane = new Lane(clock, group, createOverallBucket(clock.monotonic), () => {});
  const add = (kind: OperationKind, name: string, script: Script = {}): void =>
    lane.add(operation(clock, events, kind, name, script));
  return { clock, lane, events, add };
}

function operation(
  clock: FakeClock,
  events: string[],
  kind: OperationKind,
  name: string,
  { key, takes = 0, results = ["settled"], wanted = () => true }: Script,
): Operation {
  let tries = 0;
  return {
    kind,
    ...(key === undefined ? {} : { key }),
    wanted,
    async attempt() {
      events.push(`${clock.monotonic()} ${name}`);
      const result = results[Math.min(tries++, results.length - 1)] ?? "settled";
      if (takes > 0) await new Promise<void>((resolve) => void clock.after(takes, resolve));
      return result;
    },
    dropped: () => void events.push(`${name} dropped`),
  };
}

const names = (events: readonly string[]): string[] => events.map((event) => event.replace(/^\d+ /, ""));
const times = (events: readonly string[]): number[] => events.map((event) => Number(event.split(" ")[0]));

test("what is urgent leaves first, then replies, then sends, then final edits, then notices, then frames, then actions, each kind in the order of its coming", async () => {
  const { clock, events, add } = recordedLane();
  add("send", "first", { takes: 10 });
  add("action", "action");
  add("frame", "frame", { key: "a" });
  add("notice", "notice");
  add("final", "final 1", { key: "b" });
  add("final", "final 2", { key: "c" });
  add("send", "send 1");
  add("send", "send 2");
  add("reply", "reply");
  add("urgent", "urgent");
  await clock.advance(20_000);
  assert.deepEqual(
    names(events).filter((name) => name !== "action"),
    ["first", "urgent", "reply", "send 1", "send 2", "final 1", "final 2", "notice", "frame"],
  );
});

test("an action leaves in a gap of the pace and takes no part in it", async () => {
  const { clock, events, add } = recordedLane();
  for (const name of ["1", "2", "3", "4", "5"]) add("send", name);
  add("action", "action");
  await clock.advance(2_000);
  assert.deepEqual(events, ["0 1", "0 2", "0 3", "0 4", "0 action", "1100 5"]);
});

const REPLACEMENTS: readonly [string, OperationKind, OperationKind, string[]][] = [
  ["a frame replaces a waiting frame", "frame", "frame", ["old dropped", "new"]],
  ["a final edit replaces a waiting frame", "frame", "final", ["old dropped", "new"]],
  ["a final edit replaces a waiting final edit", "final", "final", ["old dropped", "new"]],
  ["a late frame does not replace a final edit", "final", "frame", ["new dropped", "old"]],
];

for (const [title, old, newer, expected] of REPLACEMENTS) {
  test(title, async () => {
    const { clock, events, add } = recordedLane();
    add("send", "first", { takes: 10 });
    add(old, "old", { key: "message 1" });
    add("frame", "other", { key: "message 2" });
    add(newer, "new", { key: "message 1" });
    await clock.advance(20_000);
    const own = names(events).filter((name) => name !== "first" && name !== "other");
    assert.deepEqual(own, expected);
  });
}

test("failure 3: a final edit that is told to wait is not lost to a frame that comes meanwhile", async () => {
  const { clock, events, add } = recordedLane();
  add("final", "final", { key: "m", takes: 10, results: [{ pauseSeconds: 13_938 }, "settled"] });
  add("frame", "while it is under way", { key: "m" });
  await clock.advance(20);
  add("frame", "while it waits", { key: "m" });
  await clock.advance(14_000_000);
  assert.deepEqual(events, [
    "0 final",
    "while it is under way dropped",
    "while it waits dropped",
    "13938010 final",
  ]);
});

test("a frame that fails gives way to a newer one", async () => {
  const { clock, events, add } = recordedLane();
  add("frame", "old", { key: "m", takes: 10, results: ["again"] });
  add("frame", "new", { key: "m" });
  await clock.advance(10_000);
  assert.deepEqual(names(events), ["old", "old dropped", "new"]);
});

for (const kind of ["send", "final", "frame"] as const) {
  test(`failure 3: a pause that a ${kind} was told holds for every kind of call, to the millisecond`, async () => {
    const { clock, events, add } = recordedLane();
    add(kind, "told", { key: "a", results: [{ pauseSeconds: 33 }, "settled"] });
    await clock.advance(5_000);
    add("send", "send");
    add("final", "final", { key: "b" });
    add("frame", "frame", { key: "c" });
    add("action", "action", { key: "d" });
    await clock.advance(27_999);
    assert.deepEqual(events, ["0 told"]);
    await clock.advance(60_000);
    const [, first] = events;
    assert.equal(first, kind === "send" ? "33000 told" : "33000 send");
    assert.deepEqual(names(events).toSorted(), ["action", "final", "frame", "send", "told", "told"]);
  });
}

test("after a pause no burst is left", async () => {
  const { clock, events, add } = recordedLane();
  add("send", "1", { results: [{ pauseSeconds: 60 }, "settled"] });
  for (const name of ["2", "3"]) add("send", name);
  await clock.advance(100_000);
  assert.deepEqual(events, ["0 1", "60000 1", "61100 2", "62200 3"]);
});

test("an action that is told to wait is forgotten", async () => {
  const { clock, events, add } = recordedLane();
  add("action", "typing", { results: [{ pauseSeconds: 3 }] });
  await clock.advance(60_000);
  assert.deepEqual(events, ["0 typing", "typing dropped"]);
});

test("what is tried again waits 1 to 30 s and keeps its place", async () => {
  const { clock, events, add } = recordedLane();
  add("send", "1", { results: [...Array.from({ length: 8 }, () => "again" as const), "settled"] });
  add("send", "2");
  await clock.advance(300_000);
  assert.deepEqual(names(events), [..."111111111", "2"]);
  const gaps = times(events)
    .slice(1, 9)
    .map((time, index) => time - (times(events)[index] ?? 0));
  assert.ok(
    gaps.every((gap) => gap >= 1_000 && gap <= 30_000),
    `${gaps}`,
  );
  assert.ok(Math.min(...gaps.slice(-3)) >= 15_000, `${gaps}`);
});

test("what was changed leaves at once, before others of its kind", async () => {
  const { clock, events, add } = recordedLane();
  add("send", "1", { results: ["changed", "settled"] });
  add("send", "2");
  await clock.advance(0);
  await clock.advance(0);
  assert.deepEqual(events, ["0 1", "0 1", "0 2"]);
});

/** Adds a new frame of one message whenever the last one has left, as a running turn does. */
async function frames(group: boolean, count: number): Promise<number[]> {
  const { clock, events, add } = recordedLane(group);
  while (events.length < count) {
    const before = events.length;
    add("frame", "frame", { key: "m" });
    while (events.length === before) await clock.advance(50);
  }
  return times(events).map((time, index, all) => time - (all[index - 1] ?? 0));
}

test("frames of a private chat leave 1.25 s apart, and 3 s apart after 20 of one message", async () => {
  const gaps = await frames(false, 24);
  assert.ok(
    gaps.slice(1, 20).every((gap) => gap >= 1_250 && gap <= 1_300),
    `${gaps}`,
  );
  assert.ok(
    gaps.slice(20).every((gap) => gap >= 3_000 && gap <= 3_050),
    `${gaps}`,
  );
});

test("frames of a group leave about 3 s apart", async () => {
  const gaps = await frames(true, 24);
  assert.ok(
    gaps.slice(1).every((gap) => gap >= 3_000 && gap <= 3_200),
    `${gaps}`,
  );
  const minute = gaps.reduce((sum, gap) => sum + gap, 0) / 60_000;
  assert.ok(gaps.length / minute <= 21, `${gaps.length / minute} a minute`);
});

test("a slow answer widens the interval, a quick one narrows it again; actions say nothing about it", async () => {
  const { clock, events, add } = recordedLane();
  add("frame", "1", { takes: 1_600 });
  await clock.advance(1_700);
  add("action", "action");
  add("frame", "2");
  await clock.advance(900);
  add("frame", "3");
  await clock.advance(5_000);
  assert.deepEqual(events, ["0 1", "1700 action", "2500 2", "3750 3"]);
});

test("slow answers in a row widen it to no more than eight times", async () => {
  const { clock, events, add } = recordedLane();
  for (const name of ["1", "2", "3", "4", "5", "6"]) add("frame", name, { takes: 1_600 });
  await clock.advance(60_000);
  assert.deepEqual(events, ["0 1", "2500 2", "7500 3", "17500 4", "27500 5", "37500 6"]);
});

test("a reply does not wait because of frames", async () => {
  const { clock, events, add } = recordedLane();
  for (let second = 0; second < 30; second++) {
    add("frame", "frame", { key: "m" });
    await clock.advance(1_000);
    if (second % 10 !== 9) continue;
    events.length = 0;
    add("send", "reply");
    assert.deepEqual(events, [`${clock.monotonic()} reply`]);
  }
});

test("a reply does not wait behind notices", async () => {
  const { clock, events, add } = recordedLane();
  for (let notice = 1; notice <= 40; notice++) add("notice", `notice ${notice}`);
  await clock.advance(5_000);
  events.length = 0;
  add("send", "reply");
  assert.deepEqual(events, ["5000 reply"]);
});

test("a notice that is no longer wanted when its turn comes is dropped and costs no time", async () => {
  const { clock, events, add } = recordedLane();
  let wanted = true;
  for (const name of ["1", "2", "3"]) add("notice", name);
  for (const name of ["4", "5"]) add("notice", name, { wanted: () => wanted });
  add("notice", "6");
  await clock.advance(100);
  wanted = false;
  await clock.advance(5_000);
  assert.deepEqual(events, ["0 1", "0 2", "0 3", "4 dropped", "5 dropped", "1100 6"]);
});

test("a notice that is told to wait is forgotten, and the pause is kept", async () => {
  const { clock, events, add } = recordedLane();
  add("notice", "notice", { results: [{ pauseSeconds: 10 }] });
  add("send", "reply");
  await clock.advance(60_000);
  assert.deepEqual(events, ["0 notice", "notice dropped", "10000 reply"]);
});

test("only sends and final edits count as something to deliver", async () => {
  const { clock, lane, add } = recordedLane();
  add("frame", "frame", { takes: 1_000 });
  add("action", "action");
  assert.equal(lane.delivered, true);
  add("final", "final", { takes: 1_000 });
  assert.equal(lane.delivered, false);
  await clock.advance(1_500);
  assert.equal(lane.delivered, false);
  await clock.advance(1_000);
  assert.equal(lane.delivered, true);
});

test("a reaction leaves last and beside the others: what comes after it does not wait for its answer", async () => {
  const { clock, events, add, lane } = recordedLane();
  add("reaction", "received", { key: "a", takes: 4_000 });
  add("send", "send 1", { takes: 10 });
  add("reaction", "failed", { key: "b", results: ["again"] });
  await clock.advance(100);
  add("final", "final");
  add("reaction", "old", { key: "a" });
  add("reaction", "done", { key: "a" });
  await clock.advance(3_000);
  assert.ok(lane.delivered);
  assert.deepEqual(names(events), ["received", "send 1", "final", "old dropped"]);
  await clock.advance(10_000);
  assert.deepEqual(names(events).slice(4), ["failed", "failed dropped", "done"]);
});

test("a pause that a reaction is told to keep holds for every call of the chat", async () => {
  const { clock, events, add } = recordedLane();
  add("reaction", "told to wait", { results: [{ pauseSeconds: 5 }] });
  await clock.advance(10);
  add("send", "send");
  await clock.advance(10_000);
  assert.deepEqual(events, ["0 told to wait", "told to wait dropped", "5000 send"]);
});
