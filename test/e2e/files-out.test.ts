import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { untilSaid } from "./chats.ts";
import { OWNER, project } from "./project.ts";

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
  for (const path of ["docs/a b.txt", "dot.png", "fake.png"]) {
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
  api.say(ada, "/ls docs");
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
