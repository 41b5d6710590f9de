import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import test from "node:test";
import { sleep, systemClock } from "../src/clock.ts";
import { fakeClock } from "./fakes/clock.ts";

test("sleep ends when its time has come, not before", async () => {
  const clock = fakeClock();
  let awake = false;
  const sleeping = sleep(clock, 1_000).then(() => {
    awake = true;
  });
  await clock.advance(999);
  assert.equal(awake, false);
  await clock.advance(1);
  assert.equal(awake, true);
  await sleeping;
});

test("sleep ends at once when it is aborted, and leaves no timer and no listener", async () => {
  const clock = fakeClock();
  const controller = new AbortController();
  const sleeping = sleep(clock, 1_000, controller.signal);
  assert.equal(clock.pending, 1);
  controller.abort();
  await sleeping;
  assert.equal(clock.pending, 0);
  await sleep(clock, 1_000, controller.signal);
  assert.equal(clock.pending, 0, "aborted before it began");
  const { signal } = new AbortController();
  const slept = sleep(clock, 1_000, signal);
  assert.equal(getEventListeners(signal, "abort").length, 1);
  await clock.advance(1_000);
  await slept;
  assert.equal(getEventListeners(signal, "abort").length, 0);
});

test("the system clock calls back once, unless it is taken back", async () => {
  const calls: string[] = [];
  await new Promise<void>((resolve) => {
    const takeBack = systemClock.after(1, () => calls.push("taken back"));
    takeBack();
    systemClock.after(2, () => calls.push("called"));
    systemClock.after(5, resolve);
  });
  assert.deepEqual(calls, ["called"]);
  assert.ok(Math.abs(systemClock.now() - Date.now()) < 1_000);
});

test("the fake clock runs what is due in order of time, with what comes of it in between", async () => {
  const clock = fakeClock();
  const calls: string[] = [];
  const note = (what: string) => () => void calls.push(`${what} at ${clock.monotonic()}`);
  clock.after(30, note("c"));
  clock.after(10, () => {
    note("a")();
    void Promise.resolve().then(() => clock.after(10, note("b")));
  });
  clock.after(30, note("d"));
  clock.after(31, note("late"));
  const start = clock.now();
  await clock.advance(30);
  assert.deepEqual(calls, ["a at 10", "b at 20", "c at 30", "d at 30"]);
  assert.equal(clock.now() - start, 30);
  assert.equal(clock.pending, 1);
});
