import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startTimeOf } from "../../src/process-identity.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { untilSaid } from "./chats.ts";
import { OWNER, project, run } from "./project.ts";
import { HAS_TMUX, SHELL, terminals } from "./terminal-project.ts";

test("when .nanogent is removed under a running bridge it is made anew, and nothing that waits is lost", async (t) => {
  const { api, start, folder, readJournal } = await project(t);
  const ada = api.privateChat(OWNER, { firstName: "Ada" });
  const bridge = await start();
  api.say(ada, "sleep 60");
  await untilSaid(api, ada, /working/);
  api.say(ada, "echo waited");
  await untilSaid(api, ada, /Queued as number 1/);
  await rm(join(folder, ".nanogent"), { recursive: true, maxRetries: 20 });
  api.say(ada, "echo later");
  await untilSaid(api, ada, /^⚠️ \.nanogent\/ was removed/);
  await untilSaid(api, ada, /Queued as number 2/, 30_000);
  assert.match(await readJournal(), /echo waited[\s\S]*echo later/);
  await bridge.kill();
  await start();
  await untilSaid(api, ada, /^waited\n\n✅/);
  await untilSaid(api, ada, /^later\n\n✅/);
  await untilSaid(api, ada, /Interrupted: .*“sleep 60”/);
});

test("after .nanogent was removed or moved away no second bridge starts; one that has gets the project", async (t) => {
  const { api, start, folder } = await project(t);
  const ada = api.privateChat(OWNER, { firstName: "Ada" });
  const bridge = await start();
  const state = join(folder, ".nanogent");
  api.say(ada, "echo up");
  await untilSaid(api, ada, /^up\n\n✅/);
  const environment = { XDG_RUNTIME_DIR: folder };
  await rename(state, join(folder, "trash"));
  api.say(ada, "echo noticed");
  await untilSaid(api, ada, /^noticed\n\n✅/);
  const refused = run(["start"], folder, environment);
  assert.equal((await refused.exited).code, 1);
  assert.match(refused.output(), new RegExp(`already runs in .* \\(pid ${bridge.pid}\\)`));
  await rm(state, { recursive: true, maxRetries: 20 });
  await mkdir(state, { mode: 0o700 });
  const other = { pid: process.pid, startTime: startTimeOf(process.pid), since: 0, version: "1", folder };
  await writeFile(join(state, "lock.json"), JSON.stringify(other));
  api.say(ada, "echo too late");
  assert.equal((await bridge.exited).code, 1);
  assert.match(
    bridge.output(),
    new RegExp(`another nanogent has been started in .* \\(pid ${process.pid}\\): this one ends`),
  );
  assert.deepEqual(await readFile(join(state, "lock.json"), "utf8"), JSON.stringify(other));
});

test("under a bridge that idles the locks are back soon, and another bridge that has one ends it", async (t) => {
  const { api, start, folder } = await project(t);
  const ada = api.privateChat(OWNER, { firstName: "Ada" });
  const runtime = await temporaryFolder(t);
  const bridge = await start({ XDG_RUNTIME_DIR: runtime });
  api.say(ada, "echo up");
  await untilSaid(api, ada, /^up\n\n✅/);
  const [botLock = ""] = await readdir(join(runtime, "nanogent"));
  const locks = [join(folder, ".nanogent", "lock.json"), join(runtime, "nanogent", botLock)];
  for (const path of locks) await rm(dirname(path), { recursive: true, maxRetries: 20 });
  const deadline = Date.now() + 30_000;
  while (!locks.every((path) => existsSync(path))) {
    assert.ok(Date.now() < deadline, "the locks are not back");
    await sleep(50);
  }
  const startTime = startTimeOf(process.pid);
  const other = { pid: process.pid, startTime, since: 0, version: "1", folder: "/elsewhere" };
  await writeFile(locks[1] ?? "", JSON.stringify(other));
  assert.equal((await bridge.exited).code, 1);
  assert.match(bridge.output(), /this one ends\. This bot is answered already by nanogent in \/elsewhere/);
});

test("when .nanogent is removed the page is still found, and terminals in tmux also by a bridge that starts without it", {
  skip: !HAS_TMUX && "tmux is not installed",
}, async (t) => {
  let sockets = "";
  // Before they go with their folder.
  t.after(async () => {
    for (const name of await readdir(sockets).catch(() => []))
      spawnSync("tmux", ["-S", join(sockets, name), "kill-server"]);
  });
  const settings = { NANOGENT_PERSIST: "tmux", NANOGENT_WEB: "on" };
  const { api, ada, start, folder, until } = await terminals(t, settings);
  const environment = { TMUX_TMPDIR: await temporaryFolder(t) };
  sockets = join(environment.TMUX_TMPDIR, `tmux-${process.getuid?.()}`);
  const bridge = await start(environment);
  api.say(ada, `/term @build ${SHELL}`);
  await until(/^🖥 term-1 @build/);
  const state = join(folder, ".nanogent");
  const remove = () => rm(state, { recursive: true, maxRetries: 20 });
  await remove();
  const files = ["terminals.json", "web.json"].map((name) => join(state, name));
  const deadline = Date.now() + 30_000;
  while (!files.every((path) => existsSync(path))) {
    assert.ok(Date.now() < deadline, "they are not back");
    await sleep(50);
  }
  const asked = run(["open", "build"], folder);
  assert.equal((await asked.exited).code, 0);
  assert.match(asked.output(), /session=term-1$/m);
  await bridge.stop();
  await remove();
  await start(environment);
  api.say(ada, "/terms");
  await until(/^🖥 term-1 · bash \(found again\)/);
});

test("a journal that is open to others, as one of a repository, is not run", async (t) => {
  const { folder } = await project(t);
  await mkdir(join(folder, ".nanogent"), { mode: 0o700 });
  const journal = join(folder, ".nanogent", "journal.jsonl");
  await writeFile(journal, "", { mode: 0o644 });
  const bridge = run(["start"], folder);
  assert.equal((await bridge.exited).code, 1);
  assert.match(bridge.output(), /journal\.jsonl is open to other users, as files of a repository are/);
});
