import assert from "node:assert/strict";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import test from "node:test";
import { bridge } from "../../src/doctor/bridge.ts";
import { lockProject, prepareState } from "../../src/project.ts";
import { VERSION } from "../../src/version.ts";
import { lines, patient } from "./patients.ts";

test("who has the lock is told; a dead one is left to the next start", async (t) => {
  const met = await patient(t);
  const look = (): string => lines(bridge(met))[0] ?? "";
  const off = "bridge pass: It does not run. Start it with: node nanogent.mjs";
  assert.equal(look(), off);
  prepareState(met.paths);
  const { release: unlock } = lockProject(met.paths);
  assert.match(
    look(),
    new RegExp(`^bridge pass: nanogent ${VERSION} runs: pid ${process.pid}, up [\\d.]+ s\\.$`),
  );
  unlock();
  assert.equal(look(), off);
  for (const dead of [
    '{"pid":999999999,"startTime":"1"}',
    `{"pid":${process.pid},"startTime":"1"}`,
    "{",
    "",
  ]) {
    writeFileSync(met.paths.lock, dead);
    assert.match(look(), /^bridge pass: It does not run\. The lock of one that is gone is still there/, dead);
    assert.equal(readFileSync(met.paths.lock, "utf8"), dead);
  }
});

test("a state folder that is a link is not looked into", async (t) => {
  const met = await patient(t);
  symlinkSync(met.folder, `${met.folder}/.nanogent`);
  assert.match(lines(bridge(met))[0] ?? "", /^bridge skipped/);
});
