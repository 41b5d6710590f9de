import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { timeLapse } from "../fakes/preload/time-lapse.ts";
import { untilSaid } from "./chats.ts";
import { claudeProject, skip } from "./claude-project.ts";

test("a prompt runs Claude Code in the folder: text, a tool, more text, and the session goes on", {
  skip,
}, async (t) => {
  const { api, chat, model, start, until, folder } = await claudeProject(t);
  const bridge = await start();
  model.reply(
    { text: ["I write ", "the file."] },
    { tool: "Bash", input: { command: "echo 한글 > made.txt", description: "write" } },
  );
  const second = model.hold();
  api.say(chat, "make a file");
  await second.requested;
  second.text("It is ");
  await until(/It is$|It is\n/);
  second.text("**there**.");
  second.end();
  const first = await until(/✅/);
  assert.match(
    first,
    /^I write the file\.\n\nIt is there\.\n\n🔧 Bash echo 한글 > made\.txt\n\n✅ .* s · 2 turns · \$0\..* · 20 in \/ 10 out · context 0 %$/,
  );
  assert.equal(await readFile(join(folder, "made.txt"), "utf8"), "한글\n");

  model.reply({ text: "Yes." });
  api.say(chat, "do you remember?");
  await until(/^Yes\./);
  assert.ok(
    model.requests.at(-1)?.texts.some((text) => text.includes("make a file")),
    "the second prompt resumes the session",
  );
  api.say(chat, "/usage");
  await until(
    /^This session: 2 prompts · \$0\.\d+ · 30 in \/ 15 out\nContext: 15 of \S+ \(0 %\)\nToday: 2 prompts/,
  );
  assert.equal(await bridge.stop(), 0);
  assert.deepEqual(api.violations, []);
  assert.equal(api.hammering, 0);
});

test("failure 38: a typed allow answers the waiting request instead of being queued; a button does the same", {
  skip,
}, async (t) => {
  const { api, chat, model, start, until, folder } = await claudeProject(t, { NANOGENT_PERMISSIONS: "ask" });
  await start();
  model.reply({ tool: "Bash", input: { command: "touch one.txt", description: "make one" } });
  model.reply({ tool: "Bash", input: { command: "touch two.txt", description: "make two" } });
  model.reply({ tool: "Bash", input: { command: "touch three.txt", description: "make three" } });
  model.reply({ text: "Made two of three." });
  api.say(chat, "make files");
  await until(/The agent wants to use Bash[\s\S]*touch one\.txt\n\nAlways would allow: Bash\(touch/);
  await until(/waiting for your answer/);
  api.say(chat, "allow");
  await until(/touch one\.txt\n[\s\S]*✅ Allowed once by Ada, \d\d:\d\d$/);
  const second = await api.waitFor(() => api.messages(chat).find(({ text }) => /touch two\.txt/.test(text)));
  assert.equal((await api.press(second, "✅ Allow once"))?.text, "✅ Allowed once.");
  const third = await api.waitFor(() => api.messages(chat).find(({ text }) => /touch three\.txt/.test(text)));
  assert.equal((await api.press(third, "⛔ Deny"))?.text, "⛔ Denied.");
  assert.match((await api.press(third, "⛔ Deny", { stale: true }))?.text ?? "", /no longer open/);
  await until(/^Made two of three\.[\s\S]*✅/);
  await readFile(join(folder, "one.txt"));
  await readFile(join(folder, "two.txt"));
  await assert.rejects(readFile(join(folder, "three.txt")));
  assert.ok(!api.messages(chat).some(({ text }) => text.includes("Queued")));
});

test("/cancel stops a running tool of Claude Code, and the session goes on", { skip }, async (t) => {
  const { api, chat, model, start, until } = await claudeProject(t);
  await start();
  model.reply({ text: "I wait." }, { tool: "Bash", input: { command: "sleep 61.75", description: "wait" } });
  api.say(chat, "wait a minute");
  await until(/I wait\.\n\n🔧 Bash sleep 61\.75\n⏳/);
  await api
    .waitFor(() => processes("sleep 61.75").length > 0, { what: "the tool's process" })
    .catch(() => {});
  api.say(chat, "/cancel");
  await until(/^I wait\.[\s\S]*⏹ Stopped by Ada/);
  assert.deepEqual(processes("sleep 61.75"), []);
  model.reply({ text: "Back." });
  api.say(chat, "go on");
  await until(/^Back\./);
  assert.ok(model.requests.at(-1)?.texts.some((text) => text.includes("wait a minute")));
});

test("errors of the model are said in plain words, and the next prompt works", { skip }, async (t) => {
  const { api, chat, model, start, until } = await claudeProject(t);
  await start();
  model.error(401, "authentication_error", "invalid x-api-key");
  api.say(chat, "two");
  await until(/❌ .*(log in|logged in|login|key)/i);
  model.reply({ text: "Fine." });
  api.say(chat, "three");
  await until(/^Fine\./);
});

test("an overloaded model is tried twice more, which can be seen, and nothing else is", {
  skip,
}, async (t) => {
  const scale = { timeScale: 0.05, rateLimit: { timeScale: 0.05 } };
  const { api, chat, model, start, until } = await claudeProject(t, {}, scale);
  await start(timeLapse(20));
  model.error(529, "overloaded_error", "Overloaded");
  model.error(529, "overloaded_error", "Overloaded");
  model.reply({ text: "At last." });
  api.say(chat, "one");
  await until(/overloaded\. Trying again in 20 s \(1 of 2\)/);
  await until(/overloaded\. Trying again in 1:00 min \(2 of 2\)/);
  await until(/^At last\.\n\n✅/);
  for (let tries = 0; tries < 3; tries++) model.error(529, "overloaded_error", "Overloaded");
  api.say(chat, "two");
  await until(/^❌ The model's service is overloaded\./);
  assert.equal(model.requests.length, 6);
  model.error(429, "rate_limit_error", "This request would exceed your rate limit");
  api.say(chat, "three");
  await until(/^❌ The account's limit is used up/);
  assert.equal(model.requests.length, 7);
});

test("/new starts a fresh session", { skip }, async (t) => {
  const { api, chat, model, start, until } = await claudeProject(t);
  await start();
  model.reply({ text: "First." });
  api.say(chat, "remember the number 4711");
  await until(/^First\.[\s\S]*✅/);
  api.say(chat, "/new");
  await until(/^The next prompt starts a fresh session\.$/);
  model.reply({ text: "Second." });
  api.say(chat, "which number?");
  await until(/^Second\.[\s\S]*✅/);
  assert.ok(!model.requests.at(-1)?.texts.some((text) => text.includes("4711")));
});

test("after a SIGKILL the running tool is ended, what was said stays, and Resume continues the session", {
  skip,
}, async (t) => {
  const { api, chat, model, start, until } = await claudeProject(t);
  const bridge = await start();
  model.reply({ text: "I begin." }, { tool: "Bash", input: { command: "sleep 62.25", description: "wait" } });
  api.say(chat, "a long task");
  await until(/I begin\.\n\n🔧 Bash sleep 62\.25/);
  // The chat is told of the tool before it is started.
  while (processes("sleep 62.25").length === 0) await sleep(20);
  await bridge.kill();
  assert.equal(processes("sleep 62.25").length, 1);
  await start();
  await until(/^I begin\.\n\n⚠️ Interrupted: .*“a long task” was running/);
  const offer = await untilSaid(api, chat, /Interrupted:/);
  assert.deepEqual(processes("sleep 62.25"), []);
  model.reply({ text: "It is done." });
  assert.equal((await api.press(offer, "▶ Resume"))?.text, "Resumes.");
  await until(/^It is done\.[\s\S]*✅/);
  const texts = model.requests.at(-1)?.texts ?? [];
  assert.ok(
    texts.some((text) => text.includes("a long task")) &&
      texts.some((text) => text.includes("You were cut off")),
  );
  assert.equal((await api.press(offer, "▶ Resume", { stale: true }))?.text, "This has been decided already.");
});

test("an answer that could not be delivered is delivered by the next life, once", { skip }, async (t) => {
  const { api, chat, model, start, until, answers } = await claudeProject(t);
  const bridge = await start();
  const reply = model.hold();
  api.say(chat, "go");
  await reply.requested;
  reply.text("The answer");
  await until(/^The answer/);
  const outage = api.fault({ method: "editMessageText", kind: "hang", times: Number.POSITIVE_INFINITY });
  reply.text(" is 42.");
  reply.end();
  await api.waitFor(
    () => api.calls("editMessageText").some(({ params }) => /42\.\n\n✅/.test(String(params.text))),
    {
      what: "the try to deliver",
      timeoutMs: 40_000,
    },
  );
  await bridge.kill();
  outage.clear();
  await start();
  await until(/^The answer is 42\.\n\n✅/);
  assert.equal(answers().length, 1);
  assert.equal(model.requests.length, 1);
});

/** The processes whose command line ends like this. */
function processes(command: string): string[] {
  return execFileSync("ps", ["-axo", "args="], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.trim() === command);
}
