import assert from "node:assert/strict";
import test from "node:test";
import { StallWatch } from "../../src/jobs/stall-watch.ts";
import { fakeClock } from "../fakes/clock.ts";

const MINUTE = 60_000;

/** A watch of 10 minutes over a job whose signs of life the test gives. */
function setUp() {
  const clock = fakeClock();
  const life = { heard: 0, cpuMs: 5_000, processes: 1, excused: false };
  const told: string[] = [];
  const at = (): string => `${clock.monotonic() / MINUTE} min`;
  const watch = new StallWatch({
    clock,
    stallMs: 10 * MINUTE,
    lastHeard: () => life.heard,
    activity: async () => life,
    excused: () => life.excused,
    onStall: () => void told.push(`stall ${at()}`),
    onLife: () => void told.push(`life ${at()}`),
  });
  const minutes = async (count: number, each = (): void => {}): Promise<void> => {
    for (let minute = 0; minute < count; minute++) {
      each();
      await clock.advance(MINUTE);
    }
  };
  return { clock, life, told, watch, minutes };
}

test("silence without work is told of once, after its time", async () => {
  const { told, minutes, watch, clock } = setUp();
  await minutes(60);
  // The first look sees what it has computed so far, which is life.
  assert.deepEqual(told, ["stall 11 min"]);
  watch.stop();
  assert.equal(clock.pending, 0);
});

const SIGNS: readonly [string, (life: ReturnType<typeof setUp>["life"]) => void][] = [
  [
    "an event",
    (life) => {
      life.heard += 1;
    },
  ],
  [
    "work of the processor",
    (life) => {
      life.cpuMs += 700;
    },
  ],
  [
    "a reason",
    (life) => {
      life.excused = true;
    },
  ],
];

for (const [name, show] of SIGNS) {
  test(`${name} is a sign of life`, async () => {
    const { life, told, minutes } = setUp();
    await minutes(60, () => show(life));
    assert.deepEqual(told, []);
    life.excused = false;
    await minutes(11);
    assert.deepEqual(told, ["stall 70 min"]);
    show(life);
    await minutes(1);
    assert.deepEqual(told, ["stall 70 min", "life 72 min"]);
  });
}

test("what a waiting program uses of the processor is no work", async () => {
  const { life, told, minutes } = setUp();
  await minutes(30, () => {
    life.cpuMs += 200;
  });
  assert.deepEqual(told, ["stall 11 min"]);
});

test("whoever wants to wait is asked again after the same time", async () => {
  const { told, minutes, watch } = setUp();
  await minutes(15);
  watch.excuse();
  await minutes(9);
  assert.deepEqual(told, ["stall 11 min"]);
  await minutes(1);
  assert.deepEqual(told, ["stall 11 min", "stall 25 min"]);
});
