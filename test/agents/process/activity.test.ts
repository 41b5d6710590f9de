import assert from "node:assert/strict";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startProcess } from "../../../src/agents/process/process.ts";

async function lookAt(script: string, until: (activity: { processes: number; cpuMs: number }) => boolean) {
  const child = startProcess({
    command: "/bin/sh",
    args: ["-c", script],
    cwd: "/",
    env: process.env,
    secrets: [],
    jobId: `activity-${process.pid}-${Math.random().toString(36).slice(2)}`,
    onStdout: () => {},
  });
  let seen = await child.activity();
  while (!until(seen)) {
    await sleep(20);
    seen = await child.activity();
  }
  await child.end();
  return { seen, after: await child.activity() };
}

test("a program that waits is one process, its children count, and none is left in the end", async () => {
  const alone = await lookAt("read line", ({ processes }) => processes === 1);
  assert.equal(alone.after.processes, 0);
  const three = await lookAt("sleep 30 & sleep 31; true", ({ processes }) => processes === 3);
  assert.equal(three.after.processes, 0);
});

test("work shows in what is used of the processor", async () => {
  const { seen } = await lookAt("while :; do :; done", ({ cpuMs }) => cpuMs >= 200);
  assert.equal(seen.processes, 1);
});

test("a program that could not be started shows nothing", async () => {
  const child = startProcess({
    command: "/nowhere/at/all",
    args: [],
    cwd: "/",
    env: {},
    secrets: [],
    jobId: "none",
    onStdout: () => {},
  });
  await child.exited;
  assert.deepEqual(await child.activity(), { processes: 0, cpuMs: 0 });
});
