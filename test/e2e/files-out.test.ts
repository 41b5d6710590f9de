import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { untilSaid } from "./chats.ts";
import { BUNDLE, OWNER, project, run } from "./project.ts";

const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

test("/get sends a file as it is and a picture as a picture, /ls tells what there is", async (t) => {
  const { api, start, folder } = await project(t);
  const ada = api.privateChat(OWNER);
  await mkdir(join(folder, "docs"));
  await writeFile(join(folder, "docs", "a b.txt"), "content\0");
  await writeFile(join(folder, "dot.png"), PIXEL);
  await writeFile(join(folder, "fake.png"), "not a picture");
  await start();
  for (const path of ['"docs/a b.txt"', "dot.png", "fake.png"]) {
    const before = api.documentsSent(ada).length;
    api.say(ada, `/get ${path}`);
    await api.waitFor(() => api.documentsSent(ada).length > before, { what: path });
  }
  assert.deepEqual(
    api.messages(ada).flatMap(({ document }) => (document ? [`${document.kind} ${document.size}`] : [])),
    ["document 8", `photo ${PIXEL.length}`, "document 13"],
  );
  api.say(ada, "/get .env");
  await untilSaid(api, ada, /\.env is not sent/);
  api.say(ada, "/get");
  await untilSaid(api, ada, /Which file/);
  api.say(ada, "/ls");
  const list = await untilSaid(api, ada, /dot\.png/);
  assert.deepEqual(
    list.text.split("\n").map((line) => line.trim()),
    ["docs/", `${PIXEL.length} B  dot.png`, "13 B  fake.png"],
  );
  api.say(ada, "/ls 'docs'");
  await untilSaid(api, ada, /8 B {2}a b\.txt/);
  assert.deepEqual(api.violations, []);
});

test("/diff shows what has changed, as a file when it is long", async (t) => {
  const { api, start, folder } = await project(t);
  const ada = api.privateChat(OWNER);
  await start();
  api.say(ada, "/diff");
  await untilSaid(api, ada, /not in a git repository/);
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.org", ...args], { cwd: folder });
  git("init", "-q");
  await writeFile(join(folder, "a.txt"), "before\n");
  git("add", "a.txt");
  git("commit", "-qm", "x");
  await writeFile(join(folder, "a.txt"), "after\n");
  await writeFile(join(folder, "new.txt"), "x\n");
  api.say(ada, "/diff");
  const shown = await untilSaid(api, ada, /^\+after$/m);
  assert.deepEqual(
    shown.entities.map(({ type, language }) => [type, language]),
    [["pre", "diff"]],
  );
  assert.match(shown.text, /Not yet in git:\n\+ new\.txt/);
  await writeFile(join(folder, "a.txt"), "after\n".repeat(2000));
  api.say(ada, "/diff a.txt");
  await api.waitFor(() => api.documentsSent(ada).length > 0, { what: "the file" });
  const [document] = api.documentsSent(ada);
  assert.equal(document?.name, "changes.diff");
  assert.equal(document.bytes.toString().match(/^\+after$/gm)?.length, 2000);
  assert.equal(document.caption, "1 file has changed.");
});

const outboxesIn = (folder: string): string[] => {
  const outbox = join(folder, ".nanogent", "outbox");
  return existsSync(outbox) ? readdirSync(outbox) : [];
};

test("what a job puts into its outbox comes with its answer, and nothing else does", async (t) => {
  const { api, start, folder } = await project(t);
  const ada = api.privateChat(OWNER);
  await writeFile(join(folder, "dot.png"), PIXEL);
  await writeFile(join(folder, "server.pem"), "x");
  const bridge = await start();
  const node = `'${process.execPath}' '${BUNDLE}'`;
  api.say(
    ada,
    [
      "stat -c %a $NANOGENT_OUTBOX",
      "echo report > $NANOGENT_OUTBOX/report.txt",
      "ln -s ../../../.env $NANOGENT_OUTBOX/link.txt",
      `grep TOKEN .env > $NANOGENT_OUTBOX/token.txt`,
      `${node} send dot.png --caption 'the dot'`,
      `cd /; ${node} send ${folder}/dot.png --caption=--help`,
      `${node} send ${folder}/server.pem || echo code $?`,
      `${node} send /etc/passwd || echo code $?`,
    ].join("\n"),
  );
  const refused = await untilSaid(api, ada, /Not sent/);
  assert.match(refused.text, /link\.txt is not in the project/);
  assert.match(refused.text, /token\.txt is not sent: one of the secret values/);
  const answer = await untilSaid(api, ada, /✅/);
  assert.match(
    answer.text,
    /^700\n(.|\n)*server\.pem is not sent(.|\n)*code 1(.|\n)*passwd is not in(.|\n)*code 1/,
  );
  assert.deepEqual(
    api.documentsSent(ada).map(({ name, caption }) => [name, caption]),
    [
      ["dot.png", "the dot"],
      ["dot-2.png", "--help"],
      ["report.txt", ""],
    ],
  );
  assert.deepEqual(
    api.messages(ada).flatMap(({ document }) => (document ? [document.kind] : [])),
    ["photo", "photo", "document"],
  );
  api.say(ada, "echo nothing");
  await untilSaid(api, ada, /^nothing/);
  assert.equal(await bridge.stop(), 0);
  assert.equal(outboxesIn(folder).length, 1, "only what was refused is kept");
  assert.deepEqual(api.violations, []);
});

test("several pictures of a job come as an album, and one by one when Telegram refuses that", async (t) => {
  const { api, start, folder } = await project(t);
  const ada = api.privateChat(OWNER);
  await writeFile(join(folder, "dot.png"), PIXEL);
  await start();
  api.say(
    ada,
    "for n in 1 2 3; do cp dot.png $NANOGENT_OUTBOX/$n.png; done; echo note > $NANOGENT_OUTBOX/a.txt",
  );
  await api.waitFor(() => api.documentsSent(ada).length === 4, { what: "the files" });
  assert.equal(api.calls("sendMediaGroup").length, 1);
  assert.equal(api.calls("sendPhoto").length, 0);
  api.say(ada, "cp dot.png $NANOGENT_OUTBOX/; echo x > $NANOGENT_OUTBOX/fake.png");
  await api.waitFor(() => api.documentsSent(ada).length === 6, { what: "the others" });
  assert.deepEqual(
    api
      .messages(ada)
      .flatMap(({ document }) => (document ? [document.kind] : []))
      .sort(),
    ["document", "document", "photo", "photo", "photo", "photo"],
  );
  assert.deepEqual(api.violations, []);
});

test("a file of a job that was cut off comes after the restart, once", async (t) => {
  const { api, start, folder } = await project(t);
  const ada = api.privateChat(OWNER);
  const bridge = await start();
  api.say(ada, "echo report > $NANOGENT_OUTBOX/report.txt; echo written; sleep 60");
  await untilSaid(api, ada, /written/);
  await bridge.kill();
  assert.equal(api.documentsSent(ada).length, 0);
  const next = await start();
  await api.waitFor(() => api.documentsSent(ada).length > 0, { what: "the file" });
  await next.stop();
  await (await start()).stop();
  assert.deepEqual(
    api.documentsSent(ada).map(({ name }) => name),
    ["report.txt"],
  );
  assert.deepEqual(outboxesIn(folder), []);
});

test("a file that could not be delivered before the bridge was killed comes with the answer", async (t) => {
  const { api, start, folder } = await project(t);
  const ada = api.privateChat(OWNER);
  const bridge = await start();
  api.fault({ kind: "hang", method: "sendDocument" });
  api.say(ada, "echo report > $NANOGENT_OUTBOX/report.txt");
  await api.waitFor(() => api.calls("sendDocument").length > 0, { what: "the upload" });
  await bridge.kill();
  const next = await start();
  await api.waitFor(() => api.documentsSent(ada).length > 0, { what: "the file" });
  await next.stop();
  assert.equal(api.documentsSent(ada).length, 1);
  assert.deepEqual(outboxesIn(folder), []);
});

test("nanogent send outside of a job says what to do", async (t) => {
  const { folder } = await project(t);
  for (const words of [["send", "a.txt"], ["send"]]) {
    const sent = run(words, folder);
    assert.equal((await sent.exited).code, 2);
    assert.match(sent.output(), words.length > 1 ? /works within a job/ : /Which file\?/);
  }
});
