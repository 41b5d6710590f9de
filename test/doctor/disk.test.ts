import assert from "node:assert/strict";
import { readdirSync, symlinkSync } from "node:fs";
import test from "node:test";
import { disk, room } from "../../src/doctor/disk.ts";
import { prepareState } from "../../src/project.ts";
import { lines, patient } from "./patients.ts";

test("room below a gigabyte is a warning, below 200 MB a failure", () => {
  const MB = 1024 * 1024;
  const cases: [free: number, state: string, words: string][] = [
    [0, "fail", "0 MB are free."],
    [200 * MB - 1, "fail", "199 MB are free."],
    [200 * MB, "warning", "200 MB are free."],
    [1024 * MB - 1, "warning", "1023 MB are free."],
    [1024 * MB, "pass", "1.0 GB are free."],
    [1536 * MB, "pass", "1.5 GB are free."],
  ];
  for (const [free, state, words] of cases) {
    const found = room(free);
    assert.deepEqual([found.state, found.words, found.fix !== undefined], [state, words, state !== "pass"]);
  }
});

test("it writes where the state is, and leaves nothing behind", async (t) => {
  const met = await patient(t);
  const look = async () => lines(await disk(met)).slice(1);
  assert.deepEqual(await look(), []);
  assert.deepEqual(readdirSync(met.folder), [".env"], "no state where there is none");
  prepareState(met.paths);
  const before = readdirSync(met.paths.state);
  assert.deepEqual(await look(), []);
  assert.deepEqual(readdirSync(met.paths.state), before);
});

test("nothing is written through a link", async (t) => {
  const met = await patient(t);
  const elsewhere = await patient(t);
  symlinkSync(elsewhere.folder, `${met.folder}/.nanogent`);
  assert.deepEqual(lines(await disk(met)).slice(1), []);
  assert.deepEqual(readdirSync(elsewhere.folder), [".env"]);
});
