import assert from "node:assert/strict";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { seen } from "../fakes/bot-api.ts";
import { fromBot, untilSaid } from "./chats.ts";
import { OWNER, project, run, SCRIPTED } from "./project.ts";

const STRANGER = 666;

test("failure 18: an empty allowlist is nobody, until the code from the console is sent", async (t) => {
  const { api, start, writeEnv, folder } = await project(t);
  await writeEnv({ NANOGENT_AGENT: "shell", "# a comment that stays": "" });
  const ada = api.privateChat(OWNER, { firstName: "Ada" });
  const bridge = await start();
  const code = /\/pair (\d{6})/.exec(await bridge.says(/\/pair \d{6}/))?.[1] ?? "";
  api.say(ada, "touch owned");
  await untilSaid(api, ada, /^This bot has no owner yet\..* Your id is 7\.$/);
  api.say(ada, `/pair ${code === "000000" ? "000001" : "000000"}`);
  await untilSaid(api, ada, /^That is not the code/);
  api.say(ada, `/pair ${code}`);
  await untilSaid(api, ada, /^Welcome, Ada/);
  api.say(ada, "ls");
  const listing = await untilSaid(api, ada, /✅/);
  assert.ok(!listing.text.includes("owned"), "what came before the pairing was not run");
  const env = await readFile(join(folder, ".env"), "utf8");
  assert.match(env, /^TELEGRAM_ALLOWED_USER_IDS=7$/m);
  assert.match(env, /^# a comment that stays/m);
  assert.equal((await stat(join(folder, ".env"))).mode & 0o777, 0o600);
  // It holds after a restart, and nobody can pair any more.
  await bridge.stop();
  const again = await start();
  const eve = api.privateChat(STRANGER);
  api.say(eve, `/pair ${code}`);
  await untilSaid(api, eve, /^You may not use this bot\. Your id is 666/);
  assert.ok(!again.output().includes("/pair"));
});

test("a stranger gets one short reply, and nothing that he sends or presses does anything", async (t) => {
  const { api, start, folder } = await project(t);
  const ada = api.privateChat(OWNER);
  const eve = api.privateChat(STRANGER);
  await start();
  api.say(eve, "touch pwned");
  await untilSaid(api, eve, /Your id is 666/);
  for (const text of ["/status", "/cancel all", "touch pwned", "/pair 123456"]) api.say(eve, text);
  api.edit(eve, 1, "touch pwned");
  api.say(ada, "echo begun; sleep 30");
  const running = await untilSaid(api, ada, /begun/);
  assert.equal((await api.press(running, "⏹ Stop", { from: STRANGER }))?.text, "You may not use this bot.");
  await api.waitFor(() => api.pending.length === 0);
  assert.equal(seen(api, eve).length, 1);
  api.say(ada, "/cancel");
  const stopped = await untilSaid(api, ada, /⏹ Stopped/);
  assert.ok(stopped.text.includes("begun"));
  await assert.rejects(stat(join(folder, "pwned")));
});

test("failure 19: in a group only those count who are allowed themselves, and only what is meant for the bot", async (t) => {
  const { api, start, writeEnv, folder } = await project(t);
  const GROUP = -100500;
  await writeEnv({
    NANOGENT_AGENT: "shell",
    NANOGENT_SHELL: "groups",
    TELEGRAM_ALLOWED_CHAT_IDS: `${GROUP},${OWNER}`,
  });
  const group = api.group(GROUP, { supergroup: true });
  api.privateChat(OWNER, { firstName: "Ada" });
  api.privateChat(STRANGER);
  await start();
  const { username } = api.bot;
  const entities = [{ type: "mention", offset: 0, length: username.length + 1 }];
  api.say(group, `@${username} touch stranger`, { from: STRANGER, entities });
  api.say(group, `/cancel@${username} all`, { from: STRANGER });
  api.say(group, "touch anonymous", { from: OWNER, senderChat: { id: GROUP, title: "Group" } });
  api.say(group, "touch not-meant", { from: OWNER });
  api.say(group, "/status@other_bot", { from: OWNER });
  api.say(group, `@${username} touch meant; echo done`, { from: OWNER, entities });
  const answer = await untilSaid(api, group, /^done/);
  assert.equal(fromBot(api, group).length, 1);
  assert.ok(answer.replyTo !== undefined, "in a group the answer shows what it answers");
  for (const name of ["stranger", "anonymous", "not-meant"])
    await assert.rejects(stat(join(folder, name)), name);
  await stat(join(folder, "meant"));
  api.say(group, "echo by reply", { from: OWNER, replyTo: answer.messageId });
  await untilSaid(api, group, /^by reply/);
});

test("TELEGRAM_ALLOWED_CHAT_IDS=* lets everybody in and says so at each start", async (t) => {
  const { api, start, writeEnv } = await project(t);
  await writeEnv({ ...SCRIPTED, TELEGRAM_ALLOWED_CHAT_IDS: "*" });
  const eve = api.privateChat(STRANGER);
  const bridge = await start();
  await bridge.says(/WARNING: .*EVERYBODY/);
  api.say(eve, "echo hello");
  await untilSaid(api, eve, /^hello/);
  api.say(eve, "!echo hello");
  await untilSaid(api, eve, /^Shell commands are for owners/);
  api.say(eve, "/new");
  await untilSaid(api, eve, /for owners of this bot only/);
});

test("failure 21: the token and secrets of .env are in no chat, log, argument list or child's environment", async (t) => {
  const { api, start, writeEnv, folder } = await project(t);
  const secret = "hunter2-hunter2-hunter2";
  await writeEnv({
    NANOGENT_AGENT: "shell",
    TELEGRAM_ALLOWED_USER_IDS: String(OWNER),
    SOME_API_KEY: secret,
    NANOGENT_LOG: "json",
  });
  const ada = api.privateChat(OWNER);
  const bridge = await start({ TELEGRAM_BOT_TOKEN: api.token });
  api.fault({ method: "sendMessage", kind: "drop" });
  api.say(ada, `cat .env; env; tr '\\0' ' ' < /proc/${bridge.pid}/cmdline; echo end`);
  const answer = await untilSaid(api, ada, /end\n\n✅/);
  assert.match(answer.text, /TELEGRAM_BOT_TOKEN=•+/);
  assert.match(answer.text, /SOME_API_KEY=•+/);
  assert.equal(answer.text.match(/TELEGRAM_BOT_TOKEN/g)?.length, 1, "in the file, not in the environment");
  // Over the borders of messages, and in the making.
  api.say(
    ada,
    "for i in $(seq 90); do printf 'xxxxx %s ' \"$(cat .env)\"; done; tail -c 12 .env | head -c 5 >/dev/null",
  );
  await untilSaid(api, ada, /^xxxxx/);
  api.say(ada, "for i in $(seq 2000); do cat .env; done");
  await api.waitFor(() => api.documentsSent(ada).length > 0, { what: "the file" });
  await bridge.stop();
  const secretOfToken = api.token.split(":")[1] ?? "";
  const chat = fromBot(api, ada)
    .flatMap(({ states }) => states.map(({ text }) => text))
    .join("\n");
  const files = api
    .documentsSent(ada)
    .map(({ bytes }) => bytes.toString("utf8"))
    .join("\n");
  for (const [where, text] of Object.entries({ chat, files, log: bridge.output() })) {
    assert.ok(!text.includes(secretOfToken) && !text.includes(secret), where);
  }
  assert.ok(files.includes("SOME_API_KEY=•"));
  for (const name of [".nanogent", ".nanogent/journal.jsonl", ".nanogent/spool"]) {
    assert.equal((await stat(join(folder, name))).mode & 0o077, 0, name);
  }
});

test("failure 6: a wrong token ends with a sentence and exit code 3", async (t) => {
  const { api, writeEnv, folder } = await project(t);
  await writeEnv({ TELEGRAM_BOT_TOKEN: "123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", NANOGENT_AGENT: "shell" });
  const bridge = run(["start"], folder);
  assert.equal((await bridge.exited).code, 3);
  assert.match(bridge.output(), /Telegram does not know this bot token\. Ask @BotFather/);
  assert.ok(api.calls().length <= 3);
});

test("a second bridge in the same folder is refused and told who runs", async (t) => {
  const { start, folder } = await project(t);
  const first = await start();
  const second = run(["start"], folder);
  assert.equal((await second.exited).code, 1);
  assert.match(second.output(), new RegExp(`already runs in .* \\(pid ${first.pid}\\)`));
});

test("an outage is survived: it says so once, and goes on by itself", async (t) => {
  const { api, start } = await project(t);
  const ada = api.privateChat(OWNER);
  const bridge = await start();
  await api.goOffline();
  await bridge.says(/Telegram cannot be reached \(.*\)/);
  await api.goOnline();
  await bridge.says("Telegram answers again.");
  api.say(ada, "echo back");
  await untilSaid(api, ada, /^back/);
  assert.equal(bridge.output().match(/Telegram cannot be reached/g)?.length, 1);
});

test("a webhook and another poller are told apart and named", async (t) => {
  const { api, start } = await project(t);
  const bridge = await start();
  api.setWebhook("https://example.org/hook");
  await bridge.says(/This bot has a webhook/);
});

test("the folder of the project may have any name", async (t) => {
  const { api, folder, writeEnv } = await project(t);
  const odd = join(folder, "ein Ordner; rm -rf $HOME 'quote' \"x\"");
  await mkdir(odd);
  await writeEnv({ NANOGENT_AGENT: "shell", TELEGRAM_ALLOWED_USER_IDS: String(OWNER) });
  await writeFile(join(odd, ".env"), await readFile(join(folder, ".env")));
  const ada = api.privateChat(OWNER);
  const bridge = run([], odd);
  t.after(() => bridge.kill());
  await bridge.says("works in");
  api.say(ada, "pwd");
  await untilSaid(api, ada, /ein Ordner; rm -rf \$HOME 'quote' "x"/);
});
