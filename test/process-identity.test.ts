import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import test from "node:test";
import { startTimeOf } from "../src/process-identity.ts";

test("a live process has a start time that stays, another one has another", async (t) => {
  const mine = startTimeOf(process.pid);
  assert.match(mine ?? "", /\d/);
  assert.equal(startTimeOf(process.pid), mine);
  // A name with what proc(5) uses to separate its fields.
  const child = spawn(process.execPath, [
    "-e",
    "process.title = 'a) R 1 (b'; console.log(); setTimeout(() => {}, 60_000)",
  ]);
  t.after(() => child.kill("SIGKILL"));
  await new Promise((resolve) => child.stdout.once("data", resolve));
  const others = startTimeOf(child.pid ?? 0);
  assert.match(others ?? "", /\d/);
  assert.notEqual(others, mine);
  if (process.platform === "linux") assert.ok(Number(others) > Number(mine), "it is younger");
});

test("what does not live has none", async () => {
  const child = spawn(process.execPath, ["-e", ""]);
  await new Promise((resolve) => child.once("exit", resolve));
  assert.equal(startTimeOf(child.pid ?? 0), undefined);
  for (const pid of [-1, 2 ** 31 - 1, Number.NaN, 1.5]) assert.equal(startTimeOf(pid), undefined, `${pid}`);
});
