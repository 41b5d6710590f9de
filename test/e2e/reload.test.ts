import assert from "node:assert/strict";
import test from "node:test";
import { untilSaid } from "./chats.ts";
import { OWNER, project, SCRIPTED } from "./project.ts";

const SHELL = { TELEGRAM_ALLOWED_USER_IDS: String(OWNER), NANOGENT_AGENT: "shell" };

test("failure 37: SIGHUP takes over an edited .env; what runs goes on and what waits is not lost", async (t) => {
  const { api, start, writeEnv } = await project(t);
  const ada = api.privateChat(OWNER);
  const bob = api.privateChat(8, { firstName: "Bob" });
  const bridge = await start();
  api.say(ada, "sleep 1; echo first");
  await untilSaid(api, ada, /working/);
  api.say(ada, "echo second");
  await untilSaid(api, ada, /Queued as number 1/);
  api.say(bob, "echo let me in");
  await untilSaid(api, bob, /You may not use this bot/);

  await writeEnv({
    ...SCRIPTED,
    TELEGRAM_ALLOWED_USER_IDS: `${OWNER},8`,
    NANOGENT_OWNER_IDS: String(OWNER),
  });
  bridge.child.kill("SIGHUP");
  await bridge.says("The settings were read again: custom.");
  api.say(bob, "echo hello");
  await untilSaid(api, bob, /^hello\n\n✅/);
  await untilSaid(api, ada, /^first\n\n✅/);
  await untilSaid(api, ada, /^second\n\n✅/);

  await writeEnv({ ...SHELL, NANOGENT_TIMEOUT: "1s" });
  bridge.child.kill("SIGHUP");
  await bridge.says(/read again[\s\S]*read again/);
  api.say(ada, "sleep 60");
  await untilSaid(api, ada, /❌ Stopped: a job may take no longer than 1\.0 s \(NANOGENT_TIMEOUT\)/);
  api.say(bob, "echo again");
  await untilSaid(api, bob, /may not/);
  assert.equal(await bridge.stop(), 0);
});

test("what is wrong in it is told, and the old settings stay", async (t) => {
  const { api, start, writeEnv } = await project(t);
  const ada = api.privateChat(OWNER);
  const bridge = await start();
  await writeEnv({ ...SHELL, NANOGENT_TIMEOUT: "soon" });
  bridge.child.kill("SIGHUP");
  await bridge.says(/stay as they were[\s\S]*NANOGENT_TIMEOUT \(\.env line 5\) "soon" is not a time/);
  api.say(ada, "echo still here");
  await untilSaid(api, ada, /^still here\n\n✅/);
  assert.equal(await bridge.stop(), 0);
});

test("what only counts from the next start on is named, and new secrets are hidden at once", async (t) => {
  const { api, start, writeEnv } = await project(t);
  const ada = api.privateChat(OWNER);
  const bridge = await start();
  await writeEnv({
    ...SHELL,
    NANOGENT_LOG: "json",
    HTTPS_PROXY: "http://127.0.0.1:1",
    MY_SECRET: "hunter2hunter2",
  });
  bridge.child.kill("SIGHUP");
  await bridge.says("HTTPS_PROXY, NANOGENT_LOG: a change counts from the next start on.");
  api.say(ada, "echo hunter2''hunter2");
  await untilSaid(api, ada, /^•{14}\n\n✅/);
  assert.equal(await bridge.stop(), 0);
});
