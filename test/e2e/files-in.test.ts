import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fakeClaude, init, success } from "../fakes/claude-cli.ts";
import { processesWhere } from "../fakes/processes.ts";
import { fromBot, untilSaid } from "./chats.ts";
import { OWNER, project } from "./project.ts";

const SHELL = { TELEGRAM_ALLOWED_USER_IDS: String(OWNER), NANOGENT_AGENT: "shell" };
const spoken = (words: string) => ({ voice: { bytes: Buffer.from(words) } });

test("a voice message is the prompt that was heard in it", async (t) => {
  const { api, start } = await project(t, { env: { ...SHELL, NANOGENT_TRANSCRIBE: "cat" } });
  const ada = api.privateChat(OWNER);
  await start();
  const { message } = api.say(ada, "", spoken("echo $((40+2))"));
  const heard = await untilSaid(api, ada, /^🎙 heard: echo \$\(\(40\+2\)\)$/);
  assert.equal(heard.replyTo, message.message_id);
  await untilSaid(api, ada, /^42\n/);
  api.say(ada, "", spoken(" "));
  await untilSaid(
    api,
    ada,
    /^This was not run: the voice message could not be turned into text: cat heard nothing/,
  );
  assert.deepEqual(api.violations, []);
});

test("with a confirmation, what was heard is run only when somebody says so, as it was edited", async (t) => {
  const env = { ...SHELL, NANOGENT_TRANSCRIBE: "cat", NANOGENT_TRANSCRIBE_CONFIRM: "on" };
  const { api, start } = await project(t, { env });
  const ada = api.privateChat(OWNER);
  const bridge = await start();
  api.say(ada, "", spoken("echo dropped$((1+1))"));
  await api.press(await untilSaid(api, ada, /heard: “echo dropped/), "✖ Drop");
  const { message } = api.say(ada, "", spoken("echo herd$((1+1))"));
  await untilSaid(api, ada, /heard: “echo herd/);
  api.edit(ada, message.message_id, "echo heard$((1+1))");
  await untilSaid(api, ada, /Changed\. If it is run/);
  await bridge.kill();
  await start();
  await api.press(await untilSaid(api, ada, /heard: “echo he/), "▶ Run");
  await untilSaid(api, ada, /^heard2\n/);
  assert.ok(fromBot(api, ada).every(({ text }) => !/dropped2|herd2/.test(text)));
});

test("a bridge that stops while it listens leaves nothing running, and listens again", async (t) => {
  const { api, start, folder } = await project(t, { env: { ...SHELL, NANOGENT_TRANSCRIBE: "sh hear.sh" } });
  const ada = api.privateChat(OWNER);
  const script = 'if [ -e go ]; then cat "$1"; else touch listening; sleep 60; fi';
  writeFileSync(join(folder, "hear.sh"), script);
  const bridge = await start();
  api.say(ada, "", spoken("echo again$((1+1))"));
  await until(() => existsSync(join(folder, "listening")));
  assert.equal(await bridge.stop(), 0);
  await until(() => processesWhere((cwd) => cwd === folder).length === 0);
  writeFileSync(join(folder, "go"), "");
  await start();
  await untilSaid(api, ada, /^again2\n/);
});

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 10_000;
  while (!condition()) {
    assert.ok(Date.now() < end, `${condition}`);
    await sleep(20);
  }
}

test("an agent reads what a message replies to, and how a text that was sent begins; a shell does not run that", async (t) => {
  const { api, start, folder, writeEnv } = await project(t);
  const ada = api.privateChat(OWNER, { firstName: "Ada" });
  const shell = await start();
  const first = api.say(ada, "echo first");
  await untilSaid(api, ada, /^first\n/);
  api.say(ada, "echo second", { replyTo: first.message.message_id });
  await untilSaid(api, ada, /^second\n/);
  assert.equal(await shell.stop(), 0);
  const binary = await fakeClaude(folder, [init(), { echo: true }, success()]);
  await writeEnv({ TELEGRAM_ALLOWED_USER_IDS: String(OWNER), NANOGENT_CLAUDE: binary });
  await start({ IS_SANDBOX: "1" });
  api.say(ada, "look at it", {
    replyTo: first.message.message_id,
    document: { name: "notes.txt", bytes: Buffer.from("the beginning\nmore\n") },
  });
  const answer = await untilSaid(api, ada, /look at it/);
  assert.match((await untilSaid(api, ada, /notes\.txt begins:/)).text, /the beginning\n/);
  assert.match(answer.text, /Ada wrote:\n.*echo first/);
  for (const command of ["steer", "now"]) {
    api.say(ada, `/${command} this by ${command}`, { replyTo: first.message.message_id });
    const quoted = await untilSaid(api, ada, new RegExp(`this by ${command}[^]*✅`));
    assert.match(quoted.text, /Ada wrote:\n.*echo first/, command);
  }
});

test("files that were sent long ago are removed at the start", async (t) => {
  const { start, folder } = await project(t);
  const uploads = join(folder, ".nanogent", "uploads");
  mkdirSync(uploads, { recursive: true, mode: 0o700 });
  for (const name of ["1-old.txt", "2-new.txt"]) writeFileSync(join(uploads, name), "x");
  const old = new Date(Date.now() - 31 * 86_400_000);
  utimesSync(join(uploads, "1-old.txt"), old, old);
  const bridge = await start({ NANOGENT_KEEP_UPLOADS: "off" });
  await bridge.stop();
  assert.deepEqual(readdirSync(uploads).length, 2);
  await (await start()).stop();
  assert.deepEqual(readdirSync(uploads), ["2-new.txt"]);
});

test("a file over 20 MB is answered in a sentence", async (t) => {
  const { api, start } = await project(t);
  const ada = api.privateChat(OWNER);
  await start();
  api.say(ada, "look", { document: { name: "big.bin", bytes: Buffer.from("x"), size: 21 * 1024 * 1024 } });
  await untilSaid(api, ada, /This was not run: big\.bin is larger than 20 MB/);
});
