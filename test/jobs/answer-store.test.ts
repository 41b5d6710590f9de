import assert from "node:assert/strict";
import { readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { forgetAnswer, loadAnswer, loadText, storeAnswer, textPath } from "../../src/jobs/answer-store.ts";
import { prepareState, projectPaths } from "../../src/project.ts";
import { plain } from "../../src/text/entities.ts";
import { temporaryFolder } from "../fakes/folder.ts";

const instead = [plain("a long one")];
const final = {
  parts: [plain("see the file")],
  file: { name: "answer.md", bytes: Buffer.from("all"), instead },
};

test("an answer comes back with its file, found by the job alone; links are neither written nor read through", async (t) => {
  const paths = projectPaths(await temporaryFolder(t));
  prepareState(paths);
  const secret = join(paths.folder, "secret");
  const path = join(paths.spool, "1-a.file");
  writeFileSync(secret, "secret");
  symlinkSync(secret, path);
  const stored = await storeAnswer(final, "done", "1-a", paths);
  assert.equal(readFileSync(secret, "utf8"), "secret");
  assert.ok(!JSON.stringify(stored).includes(paths.spool));
  assert.deepEqual(loadAnswer(stored, "1-a", paths), final);
  forgetAnswer("1-a", paths);
  assert.deepEqual(loadAnswer(stored, "1-a", paths), { parts: instead });
  symlinkSync(secret, path);
  assert.deepEqual(loadAnswer(stored, "1-a", paths), { parts: instead });

  assert.deepEqual(loadText("1-a", paths), []);
  writeFileSync(textPath("1-a", paths), "half");
  assert.deepEqual(loadText("1-a", paths), ["half"]);
  rmSync(textPath("1-a", paths));
  symlinkSync(secret, textPath("1-a", paths));
  assert.deepEqual(loadText("1-a", paths), []);
});

test("of a text that is too long for a few messages the first and the last whole lines are read", async (t) => {
  const paths = projectPaths(await temporaryFolder(t));
  prepareState(paths);
  const lines = Array.from({ length: 20_000 }, (_, n) => `line ${n} 한글`);
  writeFileSync(textPath("1-a", paths), lines.join("\n"));
  const [head = "", tail = "", ...others] = loadText("1-a", paths);
  assert.deepEqual(others, []);
  const [first, last] = [head.trimEnd().split("\n"), tail.split("\n")];
  assert.deepEqual(first, lines.slice(0, first.length));
  assert.deepEqual(last, lines.slice(-last.length));
  for (const part of [first, last]) assert.ok(part.length > 500 && part.length < 5_000, `${part.length}`);
});

test("forgetting ends nothing when a file has taken the place of the folder", async (t) => {
  const paths = projectPaths(await temporaryFolder(t));
  prepareState(paths);
  rmSync(paths.spool, { recursive: true });
  writeFileSync(paths.spool, "");
  assert.doesNotThrow(() => forgetAnswer("1-a", paths));
  await assert.rejects(storeAnswer(final, "done", "1-a", paths));
});
