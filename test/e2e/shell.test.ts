import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import type { ChatRef } from "../fakes/bot-api.ts";
import { wallClock } from "../fakes/preload/wall-clock.ts";
import { fromBot, untilSaid } from "./chats.ts";
import { OWNER, project, SCRIPTED } from "./project.ts";

const GUEST = 8;
const TURN = "echo turn begun; while [ ! -e go ]; do sleep 0.02; done; echo turn done";

async function shellProject(t: TestContext, settings: Readonly<Record<string, string>> = SCRIPTED) {
  const home = await project(t, {
    env: {
      TELEGRAM_ALLOWED_USER_IDS: `${OWNER},${GUEST}`,
      NANOGENT_OWNER_IDS: String(OWNER),
      ...settings,
    },
  });
  const { api, folder } = home;
  const ada = api.privateChat(OWNER, { firstName: "Ada" });
  const bob = api.privateChat(GUEST, { firstName: "Bob" });
  return {
    ...home,
    ada,
    bob,
    until: (what: RegExp, chat: ChatRef = ada) => untilSaid(api, chat, what),
    letGo: () => writeFile(join(folder, "go"), ""),
    path: (name: string) => join(folder, name),
  };
}

test("a command runs beside the agent's turn, at once, one after the other, and with its folder and environment", async (t) => {
  const { api, ada, start, until, letGo, path } = await shellProject(t);
  await mkdir(path("sub"));
  const bridge = await start();
  api.say(ada, TURN);
  await until(/^turn begun/);
  api.say(ada, "!sleep 0.3; echo one >> order; cd sub; export X=kept");
  api.say(ada, '! echo two >> ../order; echo "$X in $(basename "$PWD")"; exit 3');
  await until(/^kept in sub\n\n❌ exit 3 · in sub · /);
  assert.equal(await readFile(path("order"), "utf8"), "one\ntwo\n");
  api.say(ada, "/status");
  await until(/Running: “echo turn begun/);
  await letGo();
  await until(/^turn begun\nturn done\n\n✅/);
  assert.equal(await bridge.stop(), 0);
  assert.deepEqual(api.violations, []);
});

test("/cancel asks which one is meant, the buttons and the queue know both, and a command never joins a turn", async (t) => {
  const { api, ada, start, until, letGo } = await shellProject(t, {
    ...SCRIPTED,
    NANOGENT_WHEN_BUSY: "steer",
  });
  await start();
  api.say(ada, TURN);
  await until(/^turn begun/);
  api.say(ada, "!echo looking; sleep 60");
  await until(/^looking/);
  api.say(ada, "/queue");
  await until(/^▶ echo turn begun.*\n▶ !echo looking; sleep 60/);
  api.say(ada, "!echo next");
  const queued = await until(/^⏳ Queued as number 1/);
  assert.doesNotMatch(JSON.stringify(queued.keyboard), /Steer/);
  api.say(ada, "/cancel");
  const which = await until(/^More than one job is running here/);
  await api.press(which, "⏹ Stop !echo looking; sleep 60");
  await until(/^looking\n\n⏹ Stopped by Ada/);
  await until(/^next\n\n✅ exit 0/);
  api.say(ada, "/cancel");
  await until(/^turn begun\n\n⏹ Stopped by Ada/);
  await letGo();
});

test("what is waited for in its own lane can be hurried; the agent's turn goes on", async (t) => {
  const { api, ada, start, until, letGo } = await shellProject(t);
  await start();
  api.say(ada, TURN);
  await until(/^turn begun/);
  api.say(ada, "!echo slow; sleep 60");
  await until(/^slow/);
  api.say(ada, "/now !echo quick");
  await until(/^slow\n\n⏹ Stopped by Ada/);
  await until(/^quick\n\n✅ exit 0/);
  await letGo();
  await until(/^turn begun\nturn done/);
});

test("a prompt's answer does not wait for a command that still runs", async (t) => {
  const { api, ada, start, until } = await shellProject(t);
  await start();
  api.say(ada, "!echo following; sleep 60");
  await until(/^following/);
  api.say(ada, "echo answer");
  await until(/^answer\n\n✅/);
  assert.ok(fromBot(api, ada).some(({ text }) => /^following\n\n⏳/.test(text)));
});

test("commands are for owners, in private chats: everybody else reads why, and nothing runs", async (t) => {
  const { api, ada, bob, start, until, path } = await shellProject(t);
  const group = api.group(-4711, { title: "Team" });
  await start();
  const entities = [{ type: "mention", offset: 0, length: 1 + api.bot.username.length }];
  const refused: [ChatRef, string, RegExp, object?][] = [
    [bob, "!touch ran", /^Shell commands are for owners of this bot only\. A prompt that begins/],
    [bob, "/now !touch ran", /^Shell commands are for owners/],
    [bob, "/every 1h !touch ran", /^Shell commands are for owners/],
    [
      group,
      `@${api.bot.username} !touch ran`,
      /^Shell commands are off in groups/,
      { from: OWNER, entities },
    ],
    [ada, "!", /^Write a command behind it/],
  ];
  for (const [chat, text, answer, more] of refused) {
    const before = fromBot(api, chat).length;
    api.say(chat, text, more);
    await api.waitFor(
      () =>
        fromBot(api, chat)
          .slice(before)
          .find((each) => answer.test(each.text)),
      {
        what: `${text}: ${answer}`,
      },
    );
  }
  api.say(group, "!touch ran", { from: OWNER });
  api.say(bob, "echo guest may prompt");
  await until(/^guest may prompt\n\n✅/, bob);
  assert.equal(existsSync(path("ran")), false);
});

test("with NANOGENT_SHELL=groups owners may use it in groups, when they speak to the bot", async (t) => {
  const { api, start, until, path } = await shellProject(t, { ...SCRIPTED, NANOGENT_SHELL: "groups" });
  const group = api.group(-4711, { title: "Team" });
  await start();
  const entities = [{ type: "mention", offset: 0, length: 1 + api.bot.username.length }];
  api.say(group, "!touch ignored", { from: OWNER });
  api.say(group, `@${api.bot.username} !touch guests`, { from: GUEST, entities });
  await until(/^Shell commands are for owners/, group);
  api.say(group, `@${api.bot.username} !echo in a group`, { from: OWNER, entities });
  await until(/^in a group\n\n✅/, group);
  assert.deepEqual([existsSync(path("ignored")), existsSync(path("guests"))], [false, false]);
});

test("with NANOGENT_SHELL=off nobody may, and the shell is no agent", async (t) => {
  const { api, ada, start, until } = await shellProject(t, { ...SCRIPTED, NANOGENT_SHELL: "off" });
  await start();
  api.say(ada, "!echo no");
  await until(/^Shell commands are off here \(NANOGENT_SHELL=off\)\./);
  api.say(ada, "/agent shell");
  await until(/^“shell” is none of them\. There is: claude, codex, custom\.$/);
  api.say(ada, "/help");
  assert.doesNotMatch((await until(/^This bot works in/)).text, /!command/);
});

test("where the shell is the agent, guests are refused, and /new begins anew in the folder", async (t) => {
  const { api, ada, bob, start, until, path } = await shellProject(t, { NANOGENT_AGENT: "shell" });
  await mkdir(path("sub"));
  await start();
  api.say(bob, "touch ran");
  await until(/^Shell commands are for owners of this bot only\.$/, bob);
  api.say(ada, "cd sub; export X=kept");
  await until(/✅ exit 0 · in sub/);
  api.say(ada, '!echo "same session: $X"');
  await until(/^same session: kept\n\n✅ exit 0 · in sub/);
  api.say(ada, "/new");
  await until(/^The next prompt starts a fresh session/);
  api.say(ada, 'echo "now: $X"');
  await until(/^now:\n\n✅ exit 0 · [\d.]+ /);
  assert.equal(existsSync(path("ran")), false);
});

test("a guest's prompt that waits does not become a command when the shell takes over", async (t) => {
  const { api, ada, start, until, letGo, path } = await shellProject(t);
  await start();
  api.say(ada, TURN);
  await until(/^turn begun/);
  const group = api.group(-4711, { title: "Team" });
  const entities = [{ type: "mention", offset: 0, length: 1 + api.bot.username.length }];
  api.say(group, `@${api.bot.username} touch ran`, { from: GUEST, entities });
  await until(/^⏳ Queued/, group);
  api.say(group, "/agent shell", { from: OWNER });
  await until(/shell answers here/, group);
  await letGo();
  await until(/^❌ Shell commands are for owners/, group);
  assert.equal(existsSync(path("ran")), false);
});

test("killed in the middle, a command is offered and not run again by itself", async (t) => {
  const { api, ada, start, until, path } = await shellProject(t);
  const first = await start();
  api.say(ada, "!echo x >> ran; echo half; sleep 60");
  await until(/^half/);
  await first.kill();
  await start();
  const asked = await until(/⚠️ Interrupted: .*“!echo x/);
  assert.doesNotMatch(JSON.stringify(asked.keyboard), /Resume/);
  assert.equal(await readFile(path("ran"), "utf8"), "x\n");
  await api.press(asked, "🔁 Run again");
  await api.waitFor(() => readFileSync(path("ran"), "utf8") === "x\nx\n", { what: "a second run" });
});

test("a schedule runs a command of an owner", async (t) => {
  const { api, ada, start, until } = await shellProject(t, { ...SCRIPTED, NANOGENT_STALE_AFTER: "off" });
  const first = await start();
  api.say(ada, "/every 1h !echo scheduled by $0");
  await until(/^⏰ Noted/);
  await first.stop();
  await start(wallClock(90 * 60_000));
  await until(/^scheduled by .*\n\n✅ exit 0/);
});

test("an edit changes a waiting command, and makes no prompt of it", async (t) => {
  const { api, ada, start, until } = await shellProject(t);
  await start();
  api.say(ada, "!echo first; sleep 1.5");
  const { message } = api.say(ada, "!echo wrnog");
  await until(/^⏳ Queued as number 1/);
  api.edit(ada, message.message_id, "echo a prompt");
  await until(/^An edit does not make a prompt of a command/);
  api.edit(ada, message.message_id, "!echo right");
  await until(/Queued, with your change/);
  await until(/^right\n\n✅ exit 0/);
});

test("files that come with a command are its arguments; a backslash makes a prompt of it", async (t) => {
  const { api, ada, start, until } = await shellProject(t, {
    NANOGENT_AGENT: "custom",
    NANOGENT_AGENT_COMMAND: "cat",
  });
  await start();
  api.say(ada, '!cd /; cat "$1"', {
    document: { bytes: Buffer.from("what it's about"), name: "it's.txt" },
  });
  await until(/^what it's about\n\n✅ exit 0 · in \/ · /);
  api.say(ada, "\\!important");
  await until(/^!important\n\n✅/);
  api.say(ada, "/help shell");
  await until(/^!command\nRun a command in the shell/);
});
