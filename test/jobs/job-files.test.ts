import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { captionPath, unfinishedPath } from "../../src/files/outbox-folder.ts";
import { sendJobFiles, sweepOutboxes } from "../../src/jobs/job-files.ts";
import { silentLog } from "../../src/log.ts";
import { prepareState, projectPaths } from "../../src/project.ts";
import { Store } from "../../src/store.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { fakeMessenger } from "../fakes/messenger.ts";

const JOB = { id: "1-a", place: { chatId: 7 } };

async function outbox(t: TestContext) {
  const paths = projectPaths(await temporaryFolder(t));
  prepareState(paths);
  const folder = join(paths.outbox, JOB.id);
  mkdirSync(folder, { recursive: true });
  const messenger = fakeMessenger();
  const store = await Store.open(paths.journal, silentLog);
  t.after(() => store.close());
  const fileRules = () => ({ folder: paths.folder, deny: [], secrets: ["hunter2-hunter2"] });
  const write = (name: string, content: string, age = 0) => {
    writeFileSync(join(folder, name), content);
    const at = new Date(Date.now() - age);
    utimesSync(join(folder, name), at, at);
  };
  return { paths, folder, messenger, write, options: { paths, messenger, store, fileRules, log: silentLog } };
}

test("files are sent in the order in which they were written, then the folder is gone", async (t) => {
  const { folder, messenger, write, options } = await outbox(t);
  write("b.txt", "x", 3_000);
  write("a.txt", "x", 2_000);
  write(".hidden", "x", 1_000);
  writeFileSync(captionPath(folder, "a.txt"), "words");
  assert.equal(await sendJobFiles(JOB, options), true);
  assert.deepEqual(messenger.calls, ["file b.txt", "file a.txt", "file .hidden"]);
  assert.ok(!existsSync(folder));
  assert.equal(await sendJobFiles(JOB, options), true, "nothing is there any more");
});

test("what is not sent is named, and stays; what is not whole is left out", async (t) => {
  const { folder, messenger, write, options } = await outbox(t);
  write("password.txt", "it is hunter2-hunter2.", 4_000);
  write("lost.txt", "x", 3_000);
  write("good.txt", "x", 2_000);
  writeFileSync(unfinishedPath(folder, "1"), "x");
  mkdirSync(join(folder, "sub"));
  symlinkSync("/etc/passwd", join(folder, "link"));
  messenger.fileResults.push("lost");
  assert.equal(await sendJobFiles(JOB, options), true);
  const [file, words = ""] = messenger.calls;
  assert.equal(file, "file good.txt");
  for (const name of ["password.txt", "lost.txt", "sub", "link"])
    assert.ok(words.includes(`• ${name}`), name);
  const kept = readdirSync(folder).filter((name) => name !== ".nanogent-told");
  assert.deepEqual(kept.sort(), [".part-1", "link", "lost.txt", "password.txt", "sub"]);
});

test("what is not sent is named once, as soon as the chat could be told", async (t) => {
  const { folder, messenger, write, options } = await outbox(t);
  write("password.txt", "it is hunter2-hunter2.", 3_000);
  const outside = join(options.paths.folder, "outside.txt");
  writeFileSync(outside, "untouched");
  symlinkSync(outside, join(folder, ".nanogent-told"));
  messenger.sendResults.push("lost");
  for (let life = 0; life < 3; life++) assert.equal(await sendJobFiles(JOB, options), true);
  write("late.txt", "x", 2_000);
  write("empty.txt", "", 1_000);
  assert.equal(await sendJobFiles(JOB, options), true);
  assert.deepEqual(
    messenger.calls.map((call) => call.split("\n").slice(0, 2).join(" ").slice(0, 40)),
    [
      "lost: ⚠️ Not sent: • password.txt is not",
      "send 1: ⚠️ Not sent: • password.txt is n",
      "file late.txt",
      "send 3: ⚠️ Not sent: • empty.txt is empt",
    ],
  );
  assert.equal(readFileSync(outside, "utf8"), "untouched");
});

test("a chat that takes nothing gets them later", async (t) => {
  const { messenger, write, options } = await outbox(t);
  write("a.txt", "x");
  messenger.fileResults.push("lost");
  assert.equal(
    await sendJobFiles(JOB, { ...options, messenger: { ...messenger, isClosed: () => true } }),
    false,
  );
  assert.deepEqual(messenger.calls, []);
  assert.equal(await sendJobFiles(JOB, options), true);
  assert.deepEqual(messenger.calls, ["file a.txt"]);
});

test("no more than thirty fill the chat", async (t) => {
  const { messenger, write, options } = await outbox(t);
  for (let index = 0; index < 32; index++) write(`${index}.txt`, "x");
  await sendJobFiles(JOB, options);
  assert.equal(messenger.calls.length, 31);
  assert.match(messenger.calls.at(-1) ?? "", /• 2 more files: too many at once\./);
});

test("what jobs have left behind goes after a week", async (t) => {
  const { paths } = await outbox(t);
  const days: [id: string, days: number, file: boolean][] = [
    ["2-old", 8, true],
    ["3-open", 8, true],
    ["4-new", 1, true],
    ["5-empty", 0, false],
  ];
  for (const [id, age, file] of days) {
    mkdirSync(join(paths.outbox, id));
    if (file) writeFileSync(join(paths.outbox, id, "a.txt"), "x");
    const at = new Date(Date.now() - age * 86_400_000);
    utimesSync(join(paths.outbox, id), at, at);
  }
  sweepOutboxes(paths, (id) => id === "3-open");
  assert.deepEqual(readdirSync(paths.outbox).sort(), ["3-open", "4-new"]);
});
