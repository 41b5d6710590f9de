import assert from "node:assert/strict";
import { mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import type { Agent } from "../../src/agents/agent.ts";
import { recover } from "../../src/jobs/recovery.ts";
import { silentLog } from "../../src/log.ts";
import { prepareState, projectPaths } from "../../src/project.ts";
import { Store } from "../../src/store.ts";
import { OFFERS_NOTHING } from "../fakes/agent.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { fakeMessenger } from "../fakes/messenger.ts";
import { jobOf } from "../records.ts";
import { stillDesk } from "./still-desk.ts";

const agent: Agent = {
  name: "none",
  output: "raw",
  run: () => assert.fail("nothing is run"),
  ...OFFERS_NOTHING,
};

/** What recovery works with, and a desk whose queue stands still. */
async function nextLife(t: TestContext) {
  const paths = projectPaths(await temporaryFolder(t));
  prepareState(paths);
  const messenger = fakeMessenger();
  const store = await Store.open(paths.journal, silentLog);
  t.after(() => store.close());
  const { desk, options } = await stillDesk(agent, { messenger, store, log: silentLog, paths });
  return { ...options, desk, messenger };
}

test("a prompt waits on only when its author is still allowed; another one is gone without a word", async (t) => {
  const { desk, ...life } = await nextLife(t);
  const { store, messenger } = life;
  await store.record({ k: "queued", job: jobOf("1-a", 1, []) }, { k: "queued", job: jobOf("2-b", 2, []) });
  await recover(desk, { ...life, mayPrompt: ({ id }) => id === "2-b" });
  assert.deepEqual(
    desk.waiting.map(({ id }) => id),
    ["2-b"],
  );
  assert.deepEqual(
    store.openJobs.map(({ job }) => job.id),
    ["2-b"],
  );
  assert.deepEqual(messenger.calls, []);
});

test("of the spool only old plain files of jobs that are over are removed", async (t) => {
  const { desk, ...life } = await nextLife(t);
  const { spool, folder } = life.paths;
  await life.store.record({ k: "queued", job: jobOf("1-open", 1, []) });
  const old = new Date(Date.now() - 8 * 24 * 60 * 60 * 1000);
  writeFileSync(join(folder, "mine"), "");
  for (const name of ["1-open.txt", "2-over.txt", "2-over.file", "notes.md", "a.b.txt", "3-new.txt"]) {
    writeFileSync(join(spool, name), "");
  }
  mkdirSync(join(spool, "4-folder.txt"));
  writeFileSync(join(spool, "4-folder.txt", "inside"), "");
  symlinkSync(join(folder, "mine"), join(spool, "5-link.file"));
  utimesSync(join(folder, "mine"), old, old);
  for (const name of readdirSync(spool)) if (name !== "3-new.txt") utimesSync(join(spool, name), old, old);
  await recover(desk, { ...life, mayPrompt: () => true });
  assert.deepEqual(readdirSync(spool).toSorted(), [
    "1-open.txt",
    "3-new.txt",
    "4-folder.txt",
    "5-link.file",
    "a.b.txt",
    "notes.md",
  ]);
  assert.deepEqual(readdirSync(join(spool, "4-folder.txt")), ["inside"]);
});
