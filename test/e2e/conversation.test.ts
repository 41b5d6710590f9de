import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { claudeProject, skip } from "./claude-project.ts";
import { OWNER } from "./project.ts";

const ASK = { NANOGENT_PERMISSIONS: "ask" };
const npmTest = (word: string) => ({
  tool: "Bash",
  input: { command: `npm test ${word}`, description: word },
});

test("allowed for the session: not asked again, and the message says who and when", { skip }, async (t) => {
  const { api, model, start, until, button, chat } = await claudeProject(t, ASK);
  await start();
  model.reply(npmTest("one"));
  model.reply(npmTest("two"));
  model.reply({ text: "Both ran." });
  api.say(chat, "test twice");
  const asked = await button(/npm test one/, "✅ Allow once");
  const notices = await Promise.all([
    api.press(asked, "✅ For this session"),
    api.press(asked, "✅ For this session", { stale: true }),
  ]);
  assert.deepEqual(
    notices.map((notice) => /Allowed for this session|no longer open/.test(notice?.text ?? "")),
    [true, true],
  );
  await until(/npm test one[\s\S]*✅ Allowed for this session by Ada, \d\d:\d\d$/);
  await until(/^Both ran\./);
  assert.ok(!api.messages(chat).some(({ text }) => /npm test two\n\nAlways/.test(text)));
});

test("always: the rule is shown, kept by nanogent in a folder that is not trusted, and holds after a restart", {
  skip,
}, async (t) => {
  const { api, model, start, until, button, chat } = await claudeProject(t, ASK);
  const bridge = await start();
  model.reply(npmTest("one"));
  model.reply({ text: "First." });
  api.say(chat, "go");
  const asked = await button(/Always would allow: Bash\(npm test \*\) \(kept by nanogent/);
  await api.press(asked, "✅ Always");
  await until(/^First\./);
  await bridge.stop();
  await start();
  model.reply(npmTest("two"));
  model.reply({ text: "Second." });
  api.say(chat, "again");
  await until(/^Second\./);
});

test("deny and say why: the next message of that person is the reason, nobody else's is", {
  skip,
}, async (t) => {
  const { api, model, start, until, button, chat } = await claudeProject(t, ASK);
  await start();
  model.reply({ ...npmTest("one"), id: "toolu_slow" });
  model.reply({ text: "I understand." });
  api.say(chat, "go");
  const asked = await button(/npm test one/, "✅ Allow once");
  assert.match((await api.press(asked, "⛔ Deny and say why"))?.text ?? "", /next message is the reason/);
  api.say(chat, "it is too slow");
  await until(/⛔ Denied \(“it is too slow”\) by Ada/);
  await until(/^I understand\./);
  assert.equal(model.requests.at(-1)?.toolResult("toolu_slow"), "it is too slow");
  assert.equal(model.requests.length, 2, "the reason is no prompt");
});

test("questions: one message each, choices by button, several ticked, and free text", { skip }, async (t) => {
  const { api, model, start, until, button, chat } = await claudeProject(t);
  await start();
  const questions = [
    {
      question: "Which color?",
      header: "Color",
      multiSelect: false,
      options: [
        { label: "Red", description: "r" },
        { label: "Blue", description: "b" },
      ],
    },
    {
      question: "Which sizes?",
      header: "Size",
      multiSelect: true,
      options: [
        { label: "S", description: "s" },
        { label: "M", description: "m" },
        { label: "L", description: "l" },
      ],
    },
    {
      question: "Which name?",
      header: "Name",
      multiSelect: false,
      options: [
        { label: "A", description: "a" },
        { label: "B", description: "b" },
      ],
    },
  ];
  model.reply({ tool: "AskUserQuestion", input: { questions }, id: "toolu_q" });
  model.reply({ text: "Noted." });
  api.say(chat, "ask me");
  await api.press(await button(/Question 1 of 3[\s\S]*Which color\?/), "Blue");
  await until(/Which color\?[\s\S]*💬 Blue by Ada/);
  const sizes = await button(/Question 2 of 3/);
  await api.press(sizes, "☐ S");
  await button(/2 of 3/, "☑ S");
  await api.press(await button(/Question 2 of 3/), "☐ L");
  await button(/2 of 3/, "☑ L");
  await api.press(await button(/Question 2 of 3/), "✔ Done");
  await api.press(await button(/Question 3 of 3/), "✍ Other …");
  api.say(chat, "Zaphod");
  await until(/^Noted\./);
  assert.match(
    model.requests.at(-1)?.toolResult("toolu_q") ?? "",
    /"Which color\?"="Blue".*"Which sizes\?"="S, L".*"Which name\?"="Zaphod"/,
  );
});

test("a prompt that comes while the running job waits for an answer is told so, also a yes that answers nothing", {
  skip,
}, async (t) => {
  const { api, model, start, until, button, chat } = await claudeProject(t, ASK);
  await start();
  const options = ["Red", "Blue"].map((label) => ({ label, description: label }));
  const questions = [{ question: "Which color?", header: "Color", multiSelect: false, options }];
  model.reply({ tool: "AskUserQuestion", input: { questions }, id: "toolu_q" });
  model.reply(npmTest("one"));
  model.reply({ text: "Noted." });
  model.reply({ text: "Both." });
  model.reply({ text: "All." });
  api.say(chat, "ask me");
  const asked = await button(/Which color\?/);
  api.say(chat, "yes");
  await until(/^⏳ Queued as number 1\. The running job waits for your answer above\.$/);
  await api.press(asked, "Blue");
  const permission = await button(/npm test one/, "✅ Allow once");
  api.say(chat, "and then this");
  await until(/^⏳ Queued as number 2\. The running job waits for your answer above\.$/);
  await api.press(permission, "✅ Allow once");
  await until(/^Noted\./);
  await until(/^All\./);
});

test("a plan is revised by a message, then approved", { skip }, async (t) => {
  const { api, model, start, until, button, chat } = await claudeProject(t, { NANOGENT_PERMISSIONS: "plan" });
  await start();
  model.reply({ tool: "ExitPlanMode", input: { plan: "# Tabs\n\n1. use **tabs**" }, id: "toolu_p" });
  model.reply({ tool: "ExitPlanMode", input: { plan: "# Spaces" }, id: "toolu_r" });
  model.reply({ text: "Built." });
  api.say(chat, "plan it");
  await api.press(await button(/plan:[\s\S]*use tabs/), "✍ Revise …");
  api.say(chat, "spaces please");
  await until(/use tabs[\s\S]*✍ To be revised \(“spaces please”\) by Ada/);
  const again = await button(/plan:[\s\S]*Spaces/);
  assert.equal((await model.untilRequest(2)).toolResult("toolu_p"), "spaces please");
  await api.press(again, "✅ Approve and accept edits");
  await until(/^Built\./);
  assert.match(model.requests.at(-1)?.toolResult("toolu_r") ?? "", /approved your plan/);
});

test("failure 39: a question of an earlier life says that it is void, and the session goes on", {
  skip,
}, async (t) => {
  const { api, model, start, until, button, chat, readJournal } = await claudeProject(t, ASK);
  const bridge = await start();
  model.reply(npmTest("one"));
  api.say(chat, "go");
  const asked = await button(/npm test one/, "✅ Allow once");
  while (!(await readJournal()).includes('"asked"')) await sleep(20);
  await bridge.kill();
  await start();
  await until(/npm test one[\s\S]*No longer open: the bridge went down/);
  assert.match((await api.press(asked, "✅ Allow once", { stale: true }))?.text ?? "", /no longer open/);
  model.reply({ text: "On it again." });
  await api.press(await button(/Interrupted:/), "▶ Resume");
  await until(/^On it again\./);
});

test("two questions at once, and a cancel while they wait", { skip }, async (t) => {
  const { api, model, start, until, button, chat } = await claudeProject(t, ASK);
  await start();
  model.reply(npmTest("one"), npmTest("two"));
  api.say(chat, "go");
  await button(/npm test one/, "✅ Allow once");
  api.say(chat, "/cancel");
  await until(/⏹ Stopped by Ada/);
  await until(/npm test one[\s\S]*No longer needed, \d\d:\d\d$/);
  assert.ok(!api.messages(chat).some(({ keyboard }) => JSON.stringify(keyboard).includes("Allow")));
});

test("failure 20: a guest's message neither answers nor explains for the owner, and his presses do nothing", {
  skip,
}, async (t) => {
  const GUEST = OWNER + 1;
  const { api, model, start, folder } = await claudeProject(t, {
    ...ASK,
    TELEGRAM_ALLOWED_USER_IDS: `${OWNER},${GUEST}`,
    NANOGENT_OWNER_IDS: String(OWNER),
  });
  await start();
  const group = api.group(-1001);
  const owner = { from: OWNER };
  const guest = { from: GUEST };
  model.reply({ tool: "Bash", input: { command: "touch made.txt", description: "make" } });
  model.reply({ text: "Understood." });
  api.say(group, "/now make it", owner);
  const asked = await api.waitFor(() =>
    api.messages(group).find(({ text }) => /touch made\.txt\n\nAlways/.test(text)),
  );
  assert.match((await api.press(asked, "✅ Allow once", guest))?.text ?? "", /Only its author and owners/);
  await api.press(asked, "⛔ Deny and say why", owner);
  api.say(group, "/now allow", guest);
  api.say(group, "allow", guest);
  await sleep(300);
  assert.ok(!existsSync(join(folder, "made.txt")));
  api.say(group, "not here", owner);
  await api.waitFor(() => api.messages(group).find(({ text }) => /Denied \(“not here”\) by/.test(text)));
});

test("steer: a message joins the running turn by button, by command and by the setting", {
  skip,
}, async (t) => {
  const { api, model, start, until, button, chat, folder } = await claudeProject(t);
  await start();
  model.reply({ tool: "Bash", input: { command: "touch begun; while ! test -f go; do sleep 0.05; done" } });
  model.reply({ text: "With tabs and in blue." });
  api.say(chat, "write it");
  await api.waitFor(() => existsSync(join(folder, "begun")));
  const tabs = api.say(chat, "use tabs");
  const queued = await button(/Queued as number 1/);
  assert.equal((await api.press(queued, "↪ Steer"))?.text, "It joins the running turn.");
  await until(/^↪ Joined the running turn: “use tabs”/);
  api.edit(chat, tabs.message.message_id, "use spaces");
  await until(/^That prompt runs already, so the change comes too late\./);
  assert.match((await api.press(queued, "↪ Steer", { stale: true }))?.text ?? "", /does not wait any more/);
  api.say(chat, "/steer in blue");
  await until(/^↪ Joined the running turn: “in blue”/);
  api.say(chat, "/queue");
  await until(/^▶ write it \([^)]*\)$/);
  const { writeFile } = await import("node:fs/promises");
  await writeFile(join(folder, "go"), "");
  await until(/^With tabs and in blue\./);
  const texts = model.requests.at(-1)?.texts ?? [];
  assert.ok(
    texts.some((text) => text.includes("use tabs")) && texts.some((text) => text.includes("in blue")),
  );
  assert.equal(model.requests.length, 2);
});

test("interrupt and run now: what ran is stopped, the new prompt goes on in its session", {
  skip,
}, async (t) => {
  const { api, model, start, until, button, chat } = await claudeProject(t);
  await start();
  model.reply({ text: "I wait." }, { tool: "Bash", input: { command: "sleep 63.5" } });
  api.say(chat, "wait a minute");
  await until(/Bash sleep 63\.5/);
  model.reply({ text: "The other thing." });
  api.say(chat, "do the other thing");
  await api.press(await button(/Queued as number 1/), "⏩ Interrupt and run now");
  await until(/^I wait\.[\s\S]*⏹ Stopped by Ada/);
  await until(/^The other thing\./);
  assert.ok(model.requests.at(-1)?.texts.some((text) => text.includes("wait a minute")));
});

test("/mode counts at once where it can, and says so where it cannot; a stranger's choice does nothing", {
  skip,
}, async (t) => {
  const { api, model, start, until, button, chat, folder } = await claudeProject(t, ASK);
  await start();
  model.reply(npmTest("one"));
  model.reply({ tool: "Write", input: { file_path: join(folder, "a.txt"), content: "a" } });
  model.reply({ text: "Done." });
  api.say(chat, "go");
  const asked = await button(/npm test one/, "✅ Allow once");
  api.say(chat, "/mode skip");
  await until(/^Mode: skip .*What runs now cannot change to that/);
  api.say(chat, "/mode");
  const list = await button(/^The agent's mode here: skip/);
  assert.match((await api.press(list, "edits", { from: 999 }))?.text ?? "", /may not use/);
  assert.match((await api.press(list, "edits"))?.text ?? "", /^Mode: edits .*also for what runs now/);
  await api.press(asked, "⛔ Deny");
  await until(/^Done\./);
  assert.ok(existsSync(join(folder, "a.txt")), "the edit was not asked for");
});

test("/model and /effort: what the agent offers as buttons, and the next prompt has it", {
  skip,
}, async (t) => {
  const { api, model, start, until, button, chat } = await claudeProject(t);
  await start();
  api.say(chat, "/model");
  await api.press(await button(/^The model here: the agent's default/), "Sonnet");
  await until(/^Model from the next prompt on: sonnet\./);
  api.say(chat, "/effort high");
  await until(/^Effort from the next prompt on: high\./);
  model.reply({ text: "Hello." });
  api.say(chat, "hi");
  await until(/^Hello\./);
  assert.match(String(model.requests.at(-1)?.body.model), /sonnet/);
  api.say(chat, "/status");
  await until(/Model: [^\n]*sonnet[^\n]*effort high/);
});

test("a list of one agent's models and levels chooses nothing for another agent", { skip }, async (t) => {
  const { api, start, until, button, chat, readJournal } = await claudeProject(t);
  await start();
  const lists: [command: string, title: RegExp, choice: string][] = [
    ["/model", /^The model here:/, "Sonnet"],
    ["/effort", /^The effort here:/, "high"],
  ];
  for (const [command, title] of lists) {
    api.say(chat, command);
    await button(title);
  }
  api.say(chat, "/agent shell");
  await until(/shell answers here/);
  for (const [command, title, choice] of lists) {
    const notice = await api.press(await button(title), choice);
    const words = `This list belongs to claude, and shell answers here now. ${command} lists what it has.`;
    assert.equal(notice?.text, words);
  }
  assert.doesNotMatch(await readJournal(), /"name":"shell (model|effort)"/);
  api.say(chat, "/agent claude");
  await until(/claude answers here/);
  assert.match(
    (await api.press(await button(/^The model here/), "Sonnet"))?.text ?? "",
    /^Model from the next/,
  );
});

test("each topic has a session of its own, and its own agent", { skip }, async (t) => {
  const { api, model, start } = await claudeProject(t, { NANOGENT_PARALLEL: "2", NANOGENT_SHELL: "groups" });
  await start();
  const forum = api.group(-1002, { forum: true });
  const say = (threadId: number, text: string) => api.say(forum, text, { threadId, from: OWNER });
  const said = (threadId: number, what: RegExp) =>
    api.waitFor(
      () => api.messages(forum).find((post) => post.threadId === threadId && what.test(post.text)),
      {
        timeoutMs: 30_000,
        what: String(what),
      },
    );
  const first = model.hold();
  say(1000, "/now remember one");
  await first.requested;
  // Side by side: the other topic does not wait.
  model.reply({ text: "Two it is." });
  say(1001, "/now remember two");
  await said(1001, /^Two it is\./);
  first.text("One it is.");
  first.end();
  await said(1000, /^One it is\./);
  model.reply({ text: "It was one." });
  say(1000, "/now which?");
  await said(1000, /^It was one\./);
  const texts = model.requests.at(-1)?.texts ?? [];
  assert.ok(texts.some((text) => text.includes("remember one")));
  assert.ok(!texts.some((text) => text.includes("remember two")));
  say(1001, "/agent shell");
  await said(1001, /shell answers here/);
  say(1001, "/now echo from-the-shell");
  await said(1001, /^from-the-shell/);
});
