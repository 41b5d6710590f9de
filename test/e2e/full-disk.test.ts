import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { fromBot, untilSaid } from "./chats.ts";
import { OWNER, project } from "./project.ts";

const skip = spawnSync("prlimit", ["--version"]).error ? "prlimit is not here" : false;

test("on a full disk nothing is confirmed or lost, the chat is told once, and all goes on by itself", {
  skip,
}, async (t) => {
  const { api, start, folder, readJournal } = await project(t);
  const ada = api.privateChat(OWNER);
  const bridge = await start();
  api.say(ada, "echo begun; read line < go; echo ended");
  execFileSync("mkfifo", [join(folder, "go")]);
  await untilSaid(api, ada, /begun/);
  api.say(ada, "echo second");
  await untilSaid(api, ada, /Queued as number 1/);

  // A limit on the size of files stands for the disk: the journal may not grow any more.
  const limit = (bytes: string): unknown =>
    execFileSync("prlimit", [`--pid=${bridge.pid}`, `--fsize=${bytes}:unlimited`]);
  limit(String(statSync(join(folder, ".nanogent", "journal.jsonl")).size));
  api.say(ada, "echo third");
  api.say(ada, "/status");
  await untilSaid(api, ada, /^⚠️ The state cannot be written \(EFBIG\)/);
  assert.equal(api.pending.length, 2, "Telegram keeps what could not be written");
  execFileSync("sh", ["-c", "echo now > go"], { cwd: folder });
  await untilSaid(api, ada, /begun\nended\n\n✅/);
  assert.ok(!fromBot(api, ada).some(({ text }) => text.startsWith("second")), "nothing new is started");

  limit("unlimited");
  await untilSaid(api, ada, /^✅ The state can be written again/);
  await untilSaid(api, ada, /^second\n\n✅/);
  await untilSaid(api, ada, /^third\n\n✅/, 60_000);
  await untilSaid(api, ada, /^Agent: shell/);
  assert.equal(fromBot(api, ada).filter(({ text }) => text.startsWith("⚠️")).length, 1);
  assert.equal(await bridge.stop(), 0);
  assert.ok(
    (await readJournal())
      .split("\n")
      .filter(Boolean)
      .every((line) => JSON.parse(line).k),
  );
  assert.deepEqual(api.pending, []);
});
