import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { setImmediate } from "node:timers/promises";
import { seen } from "../fakes/bot-api.ts";
import { OWNER, project, SCRIPTED } from "./project.ts";

const GUEST = 8;

/** A bot with the shell as its agent, one owner and one guest. */
async function shellProject(t: TestContext, settings: Readonly<Record<string, string>> = {}) {
  const home = await project(t, {
    env: {
      NANOGENT_AGENT: "shell",
      TELEGRAM_ALLOWED_USER_IDS: `${OWNER},${GUEST}`,
      NANOGENT_OWNER_IDS: String(OWNER),
      ...settings,
    },
  });
  const { api } = home;
  const ada = api.privateChat(OWNER, { firstName: "Ada" });
  const bob = api.privateChat(GUEST, { firstName: "Bob" });
  const bridge = await home.start();
  const until = (what: RegExp, chat = ada) =>
    api.waitFor(
      () =>
        api.messages(chat).find(({ from, deleted, text }) => from === "bot" && !deleted && what.test(text)),
      {
        what: String(what),
      },
    );
  return { ...home, ada, bob, bridge, until, texts: (chat = ada) => seen(api, chat) };
}

test("prompts run one after the other in the order in which they came", async (t) => {
  const { api, ada, until, bridge, texts } = await shellProject(t);
  for (const word of ["one", "two", "three"])
    api.say(ada, `sleep 0.2; echo ${word} | tee -a order.txt; cat order.txt`);
  const last = await until(/three\n\n✅/);
  assert.match(last.text, /^three\none\ntwo\nthree\n/);
  assert.ok(
    !texts().some((text) => text.includes("Queued")),
    "the notices are gone when their prompts have run",
  );
  assert.equal(await bridge.stop(), 0);
  assert.equal(api.hammering, 0);
});

test("commands answer at once while a job runs", async (t) => {
  const { api, ada, until } = await shellProject(t);
  api.say(ada, "echo begun; sleep 60");
  await until(/begun/);
  api.say(ada, "/status");
  const status = await until(/^Agent: shell/);
  assert.match(status.text, /Running: “echo begun; sleep 60” · for [\d.]+ s · last activity/);
  api.say(ada, "/queue");
  await until(/^▶ echo begun; sleep 60 \(/);
  api.say(ada, "/help");
  await until(/\/cancel \[N \| all\] — Stop the running job/);
  api.say(ada, "/help cancel");
  await until(/Guests can stop only their own jobs/);
  api.say(ada, "/cancle");
  await until(/^There is no command \/cancle. Did you mean \/cancel\?$/);
  api.say(ada, "/cancel");
  await until(/begun\n\n⏹ Stopped by Ada/);
});

test("a waiting prompt can be removed by its button, by its number, and by the list's button", async (t) => {
  const { api, ada, until, texts } = await shellProject(t);
  api.say(ada, "sleep 60");
  for (const word of ["one", "two", "three", "four"]) api.say(ada, `echo ran-${word}`);
  const first = await api.waitFor(() =>
    api.messages(ada).find(({ text }) => text === "⏳ Queued as number 1."),
  );
  assert.deepEqual(await api.press(first, "✖ Remove"), { text: "Removed.", showAlert: false });
  await until(/^✖ Removed from the queue: “echo ran-one” · Ada, \d\d:\d\d$/);
  api.say(ada, "/cancel 2");
  await until(/^Removed: “echo ran-three”$/);
  api.say(ada, "/queue");
  const list = await until(/^▶ sleep 60 .*\n1\. echo ran-two \(Ada\)\n2\. echo ran-four \(Ada\)$/);
  await api.press(list, "✖ 1. echo ran-two");
  await until(/^▶ sleep 60 .*\n1\. echo ran-four \(Ada\)$/);
  assert.equal((await api.press(first, "✖ Remove", { stale: true }))?.text, "It does not wait any more.");
  api.say(ada, "/cancel 7");
  await until(/There is no number 7 in the queue/);
  api.say(ada, "/cancel all");
  await until(/^Stopping the running job, removed 1 waiting\.$/);
  await api.waitFor(() => !texts().some((text) => text.startsWith("⏳ Queued")), {
    what: "no notice of what is gone",
  });
  await until(/⏹ Stopped by Ada/);
  assert.ok(!api.messages(ada).some(({ text, from }) => from === "bot" && /^ran-/.test(text)));
});

test("the Stop button stops the job and goes away", async (t) => {
  const { api, ada, until } = await shellProject(t);
  api.say(ada, "echo partial; sleep 60");
  const running = await until(/partial/);
  assert.equal((await api.press(running, "⏹ Stop"))?.text, "Stopping …");
  const stopped = await until(/⏹ Stopped by Ada/);
  assert.equal(stopped.messageId, running.messageId, "what it has said stays in its message");
  assert.match(stopped.text, /^partial\n/);
  assert.deepEqual(stopped.keyboard, []);
  assert.equal((await api.press(stopped, "⏹ Stop", { stale: true }))?.text, "It is not running any more.");
});

test("guests prompt and stop their own jobs, and nothing else", async (t) => {
  const { api, ada, bob, until } = await shellProject(t, SCRIPTED);
  api.say(ada, "echo ada; sleep 60");
  await until(/ada/);
  api.say(bob, "echo bob; sleep 60");
  await until(/Queued as number 1/, bob);
  api.say(bob, "/cancel");
  await until(/That job belongs to somebody else/, bob);
  api.say(bob, "/new");
  await until(/^\/new is for owners of this bot only\.$/, bob);
  api.say(ada, "echo second");
  await until(/Queued as number 2/);
  api.say(bob, "/cancel 2");
  await until(/That prompt belongs to somebody else/, bob);
  api.say(ada, "/cancel");
  await until(/⏹ Stopped by Ada/);
  await until(/^bob/, bob);
  api.say(bob, "/cancel all");
  await until(/⏹ Stopped by Bob/, bob);
  await until(/^second/);
});

test("an edited message changes its waiting prompt, and says so when it is too late", async (t) => {
  const { api, ada, until } = await shellProject(t);
  const running = api.say(ada, "echo first; sleep 1.5");
  const waiting = api.say(ada, "echo wrnog");
  await until(/Queued as number 1/);
  api.edit(ada, waiting.message.message_id, "echo right");
  await until(/Queued, with your change: “echo right”/);
  api.edit(ada, running.message.message_id, "echo other");
  await until(/That prompt runs already/);
  await until(/^right\n/);
});

test("a waiting prompt cannot be edited into a command, and one that came with a command keeps what follows it", async (t) => {
  const { api, ada, until, texts } = await shellProject(t);
  const running = api.say(ada, "echo first; until test -e go; do sleep 0.05; done");
  const waiting = api.say(ada, "echo as it was");
  await until(/Queued as number 1/);
  const steered = api.say(ada, "/steer echo wrnog");
  await until(/Queued as number 2/);
  const told =
    /^A prompt cannot be changed into a command; it stays as it was\. Send \/(\w+) as a new message\.$/;
  api.edit(ada, waiting.message.message_id, "/cancel");
  await until(told);
  api.edit(ada, steered.message.message_id, "/steer echo right");
  await until(/Queued, with your change: “echo right”/);
  api.edit(ada, running.message.message_id, "/status");
  await api.waitFor(() => texts().filter((text) => told.test(text)).length === 2, { what: "a word on each" });
  // Of a message that is no prompt nothing is said.
  const status = api.say(ada, "/status");
  await until(/^Agent: shell/);
  api.edit(ada, status.message.message_id, "/queue");
  api.say(ada, "/now touch go; echo last");
  await until(/^as it was\n\n✅/);
  await until(/^right\n\n✅/);
  const commands = texts().flatMap((text) => told.exec(text)?.[1] ?? []);
  assert.deepEqual(commands, ["cancel", "status"]);
});

test("/retry runs the last prompt again", async (t) => {
  const { api, ada, until } = await shellProject(t);
  api.say(ada, "/retry");
  await until(/There is no prompt to repeat yet/);
  api.say(ada, "echo x >> count; wc -l < count");
  await until(/^1\n/);
  api.say(ada, "/retry");
  await until(/^2\n/);
});

test("a journal that is there already is gone on with: what waited runs, what ran is offered", async (t) => {
  const { api, ada, until, bridge, start, texts, readJournal, folder } = await shellProject(t);
  api.say(ada, "echo first >> ran; sleep 60");
  await until(/working/);
  while (!existsSync(join(folder, "ran"))) await setImmediate();
  api.say(ada, "echo second >> ran; cat ran");
  const notice = await until(/Queued as number 1/);
  while (!(await readJournal()).includes(`"messages":[{"chatId":${OWNER},"messageId":${notice.messageId}}]`))
    await setImmediate();
  await bridge.kill();
  api.say(ada, "echo third >> ran; cat ran");
  await start();
  const offer = await until(/Interrupted: .*“echo first >> ran; sleep 60” was running/);
  const third = await until(/third\n\n✅/);
  assert.match(third.text, /^first\nsecond\nthird\n/);
  assert.equal((await api.press(offer, "✖ Drop"))?.text, "Dropped.");
  const dropped = await until(/was running\. It was not run again\.\n\n✖ Dropped by Ada, \d\d:\d\d$/);
  assert.deepEqual(dropped.keyboard, []);
  await api.waitFor(() => !texts().some((text) => text.includes("Queued")), {
    what: "the end of the notice of the earlier life",
  });
  assert.equal(
    (await api.press(offer, "🔁 Run again", { stale: true }))?.text,
    "This has been decided already.",
  );
});

test("a command that comes right behind prompts finds them in the queue", async (t) => {
  const { api, ada, until, bridge, start } = await shellProject(t);
  await bridge.kill();
  // They all come with one poll.
  for (const n of [1, 2, 3]) api.say(ada, `echo ${n} >> ran; sleep 60`);
  api.say(ada, "/cancel all");
  await start();
  await until(/^Removed 3 waiting\.$|^Stopping the running job, removed 2 waiting\.$/);
});
