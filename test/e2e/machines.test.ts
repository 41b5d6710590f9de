import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { openKeyVault } from "../../src/terminal/backends/key-vault.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { fingerprintOf, makeKey, noSsh } from "../fakes/ssh-server.ts";
import { untilSaid } from "./chats.ts";
import { OWNER, project } from "./project.ts";

const skip = noSsh();
const GUEST = 8;

async function machinesProject(t: TestContext) {
  const home = await temporaryFolder(t);
  mkdirSync(join(home, ".ssh"));
  writeFileSync(join(home, ".ssh", "config"), "Host mine\n  HostName example.org\n");
  const of = await project(t, {
    env: {
      NANOGENT_AGENT: "shell",
      TELEGRAM_ALLOWED_USER_IDS: `${OWNER},${GUEST}`,
      NANOGENT_OWNER_IDS: String(OWNER),
    },
  });
  const { api, folder, start } = of;
  const ada = api.privateChat(OWNER, { firstName: "Ada" });
  return {
    home,
    folder,
    api,
    ada,
    start: () => start({ HOME: home, XDG_CONFIG_HOME: join(home, "config") }),
    until: (what: RegExp, chat = ada) => untilSaid(api, chat, what),
    erased: (messageId: number) =>
      api.waitFor(() => api.messages(ada).find((each) => each.messageId === messageId)?.deleted, {
        what: `the end of message ${messageId}`,
      }),
    /** The files of the project in which this can be read. */
    filesWith: (text: string) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" })
        .map((name) => join(folder, name))
        .filter((path) => statSync(path).isFile() && readFileSync(path).includes(text)),
  };
}

test("machines are added, listed and removed, by owners in private chats", { skip }, async (t) => {
  const { api, ada, start, until, folder } = await machinesProject(t);
  const bridge = await start();
  api.say(ada, "/ssh");
  await until(/^mine: of ~\/\.ssh\/config$/);
  api.say(ada, "/ssh add web root@example.org:2222");
  await until(/^web is added\./);
  assert.equal(statSync(join(folder, ".nanogent", "ssh-hosts.json")).mode & 0o777, 0o600);
  api.say(ada, "/ssh list");
  await until(/^web: root@example\.org:2222\nmine: /);
  const slips: [string, RegExp][] = [
    ["/ssh add web -oProxyCommand=x", /^That is no address\. Write it as user@host/],
    ["/ssh add -x root@example.org", /^That is no name for a machine\./],
    ["/ssh add web", /^Use \/ssh list, /],
    ["/ssh remove nobody", /^There is no machine nobody that was added here\./],
  ];
  for (const [text, answer] of slips) {
    api.say(ada, text);
    await until(answer);
  }
  api.say(ada, "/ssh remove web");
  await until(/^web is removed\./);
  const bob = api.privateChat(GUEST, { firstName: "Bob" });
  api.say(bob, "/ssh list");
  const refusal = await until(/owner/i, bob);
  assert.doesNotMatch(refusal.text, /mine/);
  assert.equal(await bridge.stop(), 0);
});

test("the key of a machine is asked for, tried, and nowhere in clear", { skip }, async (t) => {
  const { api, ada, start, until, erased, filesWith, folder, home } = await machinesProject(t);
  const path = makeKey(home, "key");
  const key = readFileSync(path, "utf8");
  const secret = key.split("\n")[2] ?? "";
  let bridge = await start();
  api.say(ada, "/ssh add web root@example.org");
  api.say(ada, "/ssh key web");
  await until(/^🔑 Your next message is the private key for web/);
  // What is asked for outlives the bridge.
  await bridge.stop();
  bridge = await start();
  const given = api.say(ada, key);
  const stored = await until(/^🔑 The key for web is stored, encrypted/);
  assert.ok(stored.text.includes(fingerprintOf(path)), stored.text);
  await erased(given.message.message_id);
  assert.deepEqual(filesWith(secret), []);
  const vault = openKeyVault({
    path: join(folder, ".nanogent", "ssh-keys.json"),
    folder,
    vaultKey: undefined,
    env: { XDG_CONFIG_HOME: join(home, "config") },
  });
  assert.equal(vault.get("web").trim(), key.trim());
  api.say(ada, "/ssh list");
  await until(/^web: root@example\.org 🔑$/m);
  const bad = api.say(ada, "/ssh key web no key at all");
  await until(/^That is no private key that can be used\./);
  await erased(bad.message.message_id);
  const slipped = api.say(ada, `/ssh add web ${key}`);
  await until(/^Use \/ssh list, /);
  await erased(slipped.message.message_id);
  const missing = /^There is no machine nope\. \/ssh add nope user@host adds it; then give it its key\.$/;
  api.say(ada, "/ssh key nope");
  await until(missing);
  api.say(ada, "echo prompt-$((40 + 2))");
  await until(/^prompt-42$/m);
  const early = api.say(ada, `/ssh key nope ${key}`);
  await until(/^There is no machine nope\. .* Nothing was stored\.$/);
  await erased(early.message.message_id);
  assert.deepEqual(vault.names(), ["web"]);
  api.say(ada, "/ssh key mine");
  await until(/private key for mine/);
  api.say(ada, "/cancel");
  await until(/^The key for mine is not awaited any more\.$/);
  api.say(ada, "/ssh remove web");
  await until(/^web is removed\./);
  assert.deepEqual(vault.names(), []);
  assert.equal(await bridge.stop(), 0);
  assert.deepEqual(filesWith(secret), []);
  assert.ok(!bridge.output().includes(secret));
});
