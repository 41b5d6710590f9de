import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { seen } from "../fakes/bot-api.ts";
import { startModel } from "../fakes/openai.ts";
import { codexEnv, codexHome, realCodex } from "../fakes/real-codex.ts";
import { OWNER, project } from "./project.ts";

const codex = await realCodex();
const skip = "skip" in codex ? codex.skip : false;

/** A project whose bot runs the real Codex, against a scripted model. */
async function codexProject(t: TestContext, settings: Record<string, string> = {}) {
  const model = await startModel();
  const place = await codexHome(model.url);
  t.after(() => model.close());
  const home = await project(t, {
    env: {
      TELEGRAM_ALLOWED_USER_IDS: String(OWNER),
      NANOGENT_AGENT: "codex",
      NANOGENT_CODEX: "binary" in codex ? codex.binary : "",
      ...settings,
    },
  });
  t.after(() => place.remove());
  const environment = Object.fromEntries(
    Object.entries(codexEnv(place.path)).map(([key, value]) => [key, value ?? ""]),
  );
  const chat = home.api.privateChat(OWNER, { firstName: "Ada" });
  const find = (what: RegExp, button = "") =>
    home.api.waitFor(
      () =>
        home.api
          .messages(chat)
          .find(({ text, keyboard }) => what.test(text) && JSON.stringify(keyboard).includes(button)),
      { what: String(what), timeoutMs: 30_000 },
    );
  const answers = () => seen(home.api, chat);
  return { ...home, model, chat, find, answers, start: () => home.start(environment) };
}

const run = (cmd: string) => ({ tool: "exec_command", input: { cmd } });

test("Codex: a command is allowed by button, the session goes on after a restart", { skip }, async (t) => {
  const { api, chat, model, find, start, folder } = await codexProject(t, { NANOGENT_PERMISSIONS: "ask" });
  const bridge = await start();
  model.reply(run("touch made.txt"));
  model.reply({ text: "It is made." });
  api.say(chat, "make a file");
  const asked = await find(/The agent wants to use[\s\S]*touch made\.txt/, "Allow once");
  assert.equal(existsSync(join(folder, "made.txt")), false);
  assert.equal((await api.press(asked, "✅ Allow once"))?.text, "✅ Allowed once.");
  await find(/touch made\.txt[\s\S]*✅ Allowed once by Ada, \d\d:\d\d$/);
  await find(/^It is made\.[\s\S]*✅/);
  assert.ok(existsSync(join(folder, "made.txt")));
  assert.equal(await bridge.stop(), 0);
  await start();
  model.reply({ text: "I remember." });
  api.say(chat, "do you?");
  await find(/^I remember\./);
  api.say(chat, "/usage");
  await find(
    /^This session: 2 prompts · no cost told · 30 in \/ 15 out\nContext: 15 of 258k \(0 %\)\nToday: 2 /,
  );
  assert.match(JSON.stringify(model.requests.at(-1)?.body), /make a file/);
  assert.deepEqual(api.violations, []);
});

test("Codex: a message joins the running turn, and Stop keeps what was said", { skip }, async (t) => {
  const { api, chat, model, find, start, folder } = await codexProject(t);
  await start();
  model.reply(run("touch begun; while ! test -f go; do sleep 0.05; done"));
  model.reply({ text: "With tabs." });
  api.say(chat, "write it");
  await api.waitFor(() => existsSync(join(folder, "begun")), { timeoutMs: 30_000, what: "the command" });
  api.say(chat, "/steer use tabs");
  await find(/^↪ Joined the running turn: “use tabs”/);
  await writeFile(join(folder, "go"), "");
  await find(/^With tabs\.[\s\S]*✅/);
  assert.match(JSON.stringify(model.requests.at(-1)?.body), /use tabs/);
  model.reply({ text: "I wait." }, run("sleep 64.25"));
  api.say(chat, "wait");
  await find(/I wait\.[\s\S]*sleep 64\.25/);
  api.say(chat, "/cancel");
  await find(/^I wait\.[\s\S]*⏹ Stopped by Ada/);
});

test("/agent switches in a chat, and each agent keeps its session there", { skip }, async (t) => {
  const { api, chat, model, find, start } = await codexProject(t);
  await start();
  model.reply({ text: "First." });
  api.say(chat, "remember 4711");
  await find(/^First\./);
  api.say(chat, "/agent shell");
  await find(/^From the next prompt on shell answers here\.$/);
  api.say(chat, "echo from-the-shell");
  await find(/^from-the-shell/);
  api.say(chat, "/agent codex");
  await find(/^From the next prompt on codex answers here, in the session that it has here\.$/);
  api.say(chat, "/sandbox read-only");
  await find(/^Codex's sandbox from the next prompt on: read-only\.$/);
  model.reply({ text: "It was 4711." });
  api.say(chat, "which number?");
  await find(/^It was 4711\./);
  assert.match(JSON.stringify(model.requests.at(-1)?.body), /remember 4711/);
});

test("Codex: sessions by button, in a copy, by a name, as a file", { skip }, async (t) => {
  const { api, chat, model, find, start } = await codexProject(t);
  const bridge = await start();
  const say = async (prompt: string): Promise<string> => {
    model.reply({ text: `Answer to ${prompt}.` });
    api.say(chat, prompt);
    await find(new RegExp(`^Answer to ${prompt}\\.[\\s\\S]*✅`));
    return JSON.stringify(model.requests.at(-1)?.body);
  };
  await say("first");
  api.say(chat, "/rename the first");
  await find(/^The session is called “the first” now\.$/);
  api.say(chat, "/new the second");
  await find(/^The next prompt starts a fresh session, called “the second”\.$/);
  assert.doesNotMatch(await say("second"), /Answer to first/);
  api.say(chat, "/sessions");
  const list = await find(/^Sessions of codex[\s\S]*● 1\. the second\n.* 1 turn [\s\S]*\n\n2\. the first\n/);
  assert.equal((await api.press(list, "2. the first"))?.text, "The next prompt goes on with “the first”.");
  api.say(chat, "/fork");
  await find(/^The next prompt goes on in a copy/);
  await bridge.kill();
  await start();
  assert.match(await say("copied"), /Answer to first/);
  api.say(chat, "/resume");
  const both = await find(/● 1\. the first\n.* 2 turns[\s\S]*the first\n.* 1 turn /);
  const [, id = ""] = /3\. the first\n.* · ([\w-]+)$/m.exec(both.text) ?? [];
  api.say(chat, `/resume ${id}`);
  await find(/^The next prompt goes on with “the first”\.$/);
  assert.doesNotMatch(await say("once more"), /Answer to copied/);
  api.say(chat, "/export");
  await api.waitFor(() => api.documentsSent(chat).length > 0, { what: "the file" });
  const said = ["## Prompt", "first", "## codex", "Answer to first.", "## Prompt", "once more", "## codex"];
  assert.equal(
    api.documentsSent(chat)[0]?.bytes.toString(),
    ["# the first", ...said, "Answer to once more.\n"].join("\n\n"),
  );
  assert.deepEqual(api.violations, []);
});
