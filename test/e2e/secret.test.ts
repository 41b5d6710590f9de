import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { crashAt } from "../fakes/preload/crash-at.ts";
import { fromBot, untilSaid } from "./chats.ts";
import { BUNDLE, OWNER, project, type RunningBridge, SCRIPTED } from "./project.ts";

const GUEST = 8;
const VALUE = "hunter2-hunter2-hunter2";

async function shellProject(t: TestContext, settings: Readonly<Record<string, string>> = {}) {
  const home = await project(t, {
    env: {
      NANOGENT_AGENT: "shell",
      TELEGRAM_ALLOWED_USER_IDS: `${OWNER},${GUEST}`,
      NANOGENT_OWNER_IDS: String(OWNER),
      NANOGENT_LOG: "json",
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
    until: (what: RegExp, chat = ada) => untilSaid(api, chat, what),
    /** Resolves when the message is gone from the chat. */
    erased: (messageId: number, chat = ada) =>
      api.waitFor(() => api.messages(chat).find((each) => each.messageId === messageId)?.deleted, {
        what: `the end of message ${messageId}`,
      }),
    /** The files of the project in which the value can be read. */
    filesWith: (value: string) => filesIn(folder).filter((path) => readFileSync(path).includes(value)),
  };
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
}

test("a value that was asked for is in the agent's environment, in one file, and in no answer", async (t) => {
  const { api, ada, start, until, erased, filesWith, folder } = await shellProject(t);
  const file = join(folder, ".nanogent", "secrets.json");
  let bridge = await start();
  api.say(ada, "/secret set DEPLOY_KEY");
  await until(/^🔑 Your next message is the value of DEPLOY_KEY/);
  const value = api.say(ada, VALUE);
  await until(/^🔑 DEPLOY_KEY is stored\. The agent has it from the next job on\.$/);
  await erased(value.message.message_id);
  assert.deepEqual(filesWith(VALUE), [file]);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  api.say(ada, 'test -n "$DEPLOY_KEY" && echo "it is $DEPLOY_KEY."');
  await until(new RegExp(`^it is ${"•".repeat(VALUE.length)}\\.\\n\\n✅`));
  // One that is killed while an answer goes out may leave what the agent has said in the spool.
  await bridge.stop();
  bridge = await start();
  api.say(
    ada,
    'test "$DEPLOY_KEY" = "$(echo 2-hunter2-hunter2 | sed s/^/hunter/)" && echo "still $DEPLOY_KEY."',
  );
  await until(new RegExp(`^still ${"•".repeat(VALUE.length)}\\.\\n\\n✅`));
  api.say(ada, "/secret list");
  const list = await until(/^DEPLOY_KEY\n\nValues are not shown/);
  assert.ok(!list.text.includes("hunter2"));
  api.say(ada, "/secret remove DEPLOY_KEY");
  await until(/^DEPLOY_KEY is removed/);
  api.say(ada, 'echo "now <$DEPLOY_KEY>"');
  await until(/^now <>/);
  api.say(ada, "/secret remove DEPLOY_KEY");
  await until(/^There is no secret DEPLOY_KEY/);
  assert.equal(await bridge.stop(), 0);
  assert.deepEqual(filesWith(VALUE), []);
  assert.ok(!bridge.output().includes(VALUE));
  const chat = fromBot(api, ada).flatMap(({ states }) => states.map(({ text }) => text));
  assert.ok(!chat.join("\n").includes(VALUE));
});

test("in one line it works too, and is taken out of the chat and the journal", async (t) => {
  const { api, ada, start, until, erased, filesWith, folder } = await shellProject(t);
  const bridge = await start();
  const line = api.say(ada, `/secret set KEY ${VALUE}`);
  await until(/^🔑 KEY is stored\. .* Next time send \/secret set KEY alone, .* safer/);
  await erased(line.message.message_id);
  assert.deepEqual(filesWith(VALUE), [join(folder, ".nanogent", "secrets.json")]);
  api.say(ada, "/secret set PIN 123");
  await until(/^🔑 PIN is stored\. .* shorter than 6 characters, so it is not blotted out/);
  api.say(ada, "echo $PIN");
  await until(/^123\n\n✅/);
  const slip = api.say(ada, `/secret key ${VALUE}2`);
  await until(/^Use \/secret set NAME, \/secret list or \/secret remove NAME\.$/);
  await erased(slip.message.message_id);
  for (const [name, why] of [
    ["PATH", /^PATH cannot be the name of a secret: it decides which programs/],
    ["TELEGRAM_X", /^TELEGRAM_X cannot be the name of a secret: .* belong to nanogent/],
    ["key", /^A name is made of capital letters/],
  ] as const) {
    const said = api.say(ada, `/secret set ${name} ${VALUE}2`);
    await until(why);
    await erased(said.message.message_id);
  }
  await bridge.stop();
  assert.deepEqual(filesWith(`${VALUE}2`), []);
});

test("a file with the value in it is not sent, text or not, by whichever way", async (t) => {
  const { api, ada, start, until } = await shellProject(t);
  await start();
  api.say(ada, `/secret set KEY ${VALUE}`);
  await until(/^🔑 KEY is stored/);
  const refused = "is not sent: one of the secret values of the settings or of /secret is in it\\.";
  api.say(
    ada,
    [
      'echo "key: $KEY" | tee key.txt > "$NANOGENT_OUTBOX/text.txt"',
      'printf "\\377$KEY\\0" | tee key.bin > "$NANOGENT_OUTBOX/bytes.bin"',
      `'${process.execPath}' '${BUNDLE}' send key.bin || echo code $?`,
    ].join("\n"),
  );
  await until(new RegExp(`^key\\.bin ${refused}\ncode 1\n`));
  const outbox = await until(/^⚠️ Not sent:/);
  for (const name of ["text\\.txt", "bytes\\.bin"])
    assert.match(outbox.text, new RegExp(`^• ${name} ${refused}$`, "m"));
  for (const name of ["key.txt", "key.bin"]) {
    api.say(ada, `/get ${name}`);
    await until(new RegExp(`^${name.replace(".", "\\.")} ${refused}$`));
  }
  assert.deepEqual(api.documentsSent(ada), []);
});

test("question, value and prompt that come with one poll stay apart", async (t) => {
  const { api, ada, start, until, filesWith, folder } = await shellProject(t);
  api.say(ada, "/secret set KEY");
  api.say(ada, `touch owned; echo ${VALUE}`);
  api.say(ada, "ls; echo end");
  await start();
  await until(/^🔑 KEY is stored/);
  const listing = await until(/^end\n\n✅|\nend\n\n✅/);
  assert.ok(!listing.text.includes("owned"));
  assert.deepEqual(filesWith(VALUE), [join(folder, ".nanogent", "secrets.json")]);
});

test("/cancel stops waiting for a value, and what comes then is a prompt", async (t) => {
  const { api, ada, start, until } = await shellProject(t);
  await start();
  api.say(ada, "echo begun; sleep 60");
  await until(/begun/);
  api.say(ada, "/secret set KEY");
  await until(/^🔑 Your next message is the value of KEY/);
  api.say(ada, "/cancel");
  await until(/^The value of KEY is not awaited any more\.$/);
  api.say(ada, "/cancel");
  await until(/begun\n\n⏹ Stopped by Ada/);
  api.say(ada, "echo a prompt");
  await until(/^a prompt\n\n✅/);
  api.say(ada, "/secret list");
  await until(/^There are no secrets/);
});

test("secrets are for owners, in private chats", async (t) => {
  const { api, ada, bob, start, until, filesWith } = await shellProject(t, SCRIPTED);
  const group = api.group(-100500, { supergroup: true });
  await start();
  api.say(bob, `/secret set KEY ${VALUE}`);
  await until(/^\/secret is for owners of this bot only\.$/, bob);
  api.say(bob, "/secret set KEY");
  api.say(bob, "echo a prompt");
  await until(/^a prompt\n\n✅/, bob);
  api.say(group, `/secret set KEY ${VALUE}`, { from: OWNER });
  await untilSaid(api, group, /^Secrets are for private chats only/);
  api.say(ada, "/secret list");
  await until(/^There are no secrets/);
  assert.deepEqual(filesWith(VALUE), []);
});

test("the question outlives the bridge; a value that was taken but not stored is asked for again", async (t) => {
  const { api, ada, start, until, erased, filesWith, folder } = await shellProject(t);
  const file = join(folder, ".nanogent", "secrets.json");
  const first = await start();
  api.say(ada, "/secret set KEY");
  await until(/^🔑 Your next message is the value of KEY/);
  await first.kill();
  const value = api.say(ada, VALUE);
  // Its update is on the disk, and nothing else is done yet.
  const second = await start(crashAt("after fsync journal.jsonl: awaited#1", folder)).catch(() => undefined);
  assert.equal((await second?.exited)?.signal ?? "SIGKILL", "SIGKILL");
  assert.deepEqual(filesWith(VALUE), []);
  await start();
  await until(/^🔑 The bridge went down before the value of KEY was stored\. Send it again/);
  await erased(value.message.message_id);
  const again = api.say(ada, `${VALUE}-again`);
  await until(/^🔑 KEY is stored/);
  await erased(again.message.message_id);
  assert.deepEqual(filesWith(VALUE), [file]);
  assert.ok(!fromBot(api, ada).some(({ text }) => text.includes("✅")), "nothing was run");
});

test("when .nanogent/ is removed under the bridge, the secrets are written anew", async (t) => {
  const { api, ada, start, until, filesWith, folder } = await shellProject(t);
  await start();
  api.say(ada, `/secret set KEY ${VALUE}`);
  await until(/^🔑 KEY is stored/);
  await rm(join(folder, ".nanogent"), { recursive: true, maxRetries: 20 });
  api.say(ada, 'test -n "$KEY" && echo "it is there"');
  await until(/^it is there\n\n✅/);
  await until(/^⚠️ \.nanogent\/ was removed/);
  assert.deepEqual(filesWith(VALUE), [join(folder, ".nanogent", "secrets.json")]);
});

/** How the bridge ends while Telegram does not answer to the deletion of a value that is stored. */
const ENDS: readonly [string, (bridge: RunningBridge) => Promise<unknown>][] = [
  ["killed", (bridge) => bridge.kill()],
  ["stopped", (bridge) => bridge.stop()],
];

for (const [how, end] of ENDS) {
  test(`the bridge is ${how} between storing a value and erasing it: the next life erases it, and says so`, async (t) => {
    const { api, ada, start, until, erased, readJournal, folder, filesWith } = await shellProject(t);
    const first = await start();
    api.say(ada, "/secret set KEY");
    await until(/^🔑 Your next message is the value of KEY/);
    const stuck = api.fault({ kind: "hang", method: "deleteMessage", times: Number.POSITIVE_INFINITY });
    const value = api.say(ada, VALUE);
    await api.waitFor(() => stuck.hits > 0, { what: "the deletion" });
    while (!(await readJournal()).includes('"k":"erase"')) await sleep(20);
    await end(first);
    stuck.clear();
    const second = await start();
    await until(/^🔑 KEY is stored\. Your message with its value is out of this chat\.$/);
    await erased(value.message.message_id);
    assert.deepEqual(filesWith(VALUE), [join(folder, ".nanogent", "secrets.json")]);
    assert.ok(!fromBot(api, ada).some(({ text }) => text.includes("Send it again")));
    await second.stop();
    const deletions = api.calls("deleteMessage").length;
    await start();
    api.say(ada, "/secret list");
    await until(/^KEY\n/);
    assert.equal(api.calls("deleteMessage").length, deletions, "it is done once");
  });
}

test("a value that Telegram does not take away is left to whoever sent it", async (t) => {
  const { api, ada, start, until } = await shellProject(t);
  await start();
  const description = "Bad Request: message can't be deleted for everyone";
  api.fault({ kind: "error", code: 400, description, method: "deleteMessage" });
  api.say(ada, `/secret set KEY ${VALUE}`);
  await until(/^🔑 KEY is stored/);
  await until(/^I could not take your message away: delete it yourself\.$/);
});
