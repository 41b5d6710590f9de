import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { temporaryFolder } from "../fakes/folder.ts";
import { fromBot, untilSaid } from "./chats.ts";
import { OWNER, project, run } from "./project.ts";

const GUEST = 8;

test("/doctor answers an owner in the chat, mends nothing, and tells others nothing", async (t) => {
  const { api, folder, start } = await project(t, {
    env: {
      TELEGRAM_ALLOWED_USER_IDS: `${OWNER},${GUEST}`,
      NANOGENT_OWNER_IDS: String(OWNER),
      NANOGENT_AGENT: "shell",
    },
  });
  const env = join(folder, ".env");
  chmodSync(env, 0o644);
  const [ada, eve] = [api.privateChat(OWNER), api.privateChat(GUEST)];
  await start();
  api.say(eve, "/doctor");
  await untilSaid(api, eve, /^\/doctor is for owners of this bot only\.$/);
  api.say(ada, "/doctor");
  const { text, entities } = await untilSaid(api, ada, /looks? at\.$/);
  const lines = text.split("\n");
  assert.ok(lines.includes(`✔ token The bot is @${api.bot.username}.`), text);
  assert.ok(lines.includes("! .env .env can be read by other users of this machine."), text);
  assert.ok(lines.includes("    → Close it: chmod 600 .env"), text);
  assert.ok(
    lines.some((line) => /^✔ bridge nanogent .* runs: pid \d+/.test(line)),
    text,
  );
  const bold = (entities ?? []).filter(({ type }) => type === "bold");
  assert.equal(bold.length, lines.filter((line) => /^[✔!✖–] /u.test(line)).length);
  api.say(ada, "/doctor --fix");
  await api.waitFor(
    () => fromBot(api, ada).filter((message) => /looks? at\.$/.test(message.text)).length === 2,
  );
  const { mode } = await import("node:fs").then(({ statSync }) => statSync(env));
  assert.equal(mode & 0o777, 0o644);
  assert.deepEqual(api.violations, []);
});

test("the chat goes on while the checks are made", async (t) => {
  const { api, folder, start, writeEnv } = await project(t);
  const gate = join(folder, "gate");
  const claude = join(folder, "claude.sh");
  writeFileSync(claude, `#!/bin/sh\nwhile [ ! -e '${gate}' ]; do sleep 0.02; done\necho 2.1.0\n`, {
    mode: 0o755,
  });
  await writeEnv({
    TELEGRAM_ALLOWED_USER_IDS: String(OWNER),
    NANOGENT_CLAUDE: claude,
    NANOGENT_PERMISSIONS: "ask",
  });
  const ada = api.privateChat(OWNER);
  await start();
  api.say(ada, "/doctor");
  api.say(ada, "/queue");
  await untilSaid(api, ada, /^Nothing is running and nothing waits\.$/);
  assert.ok(!fromBot(api, ada).some(({ text }) => /agent/.test(text)));
  writeFileSync(gate, "");
  await untilSaid(api, ada, /✔ agent Claude Code 2\.1\.0, /);
});

test("in the local chat it leaves Telegram alone", async (t) => {
  const folder = await temporaryFolder(t);
  writeFileSync(join(folder, ".env"), "NANOGENT_AGENT=shell\nTELEGRAM_API_ROOT=http://127.0.0.1:1\n", {
    mode: 0o600,
  });
  const chat = run(["chat"], folder);
  chat.child.stdin?.end("/doctor\n");
  assert.equal((await chat.exited).code, 0);
  assert.match(chat.output(), /✔ \.env The settings make sense\./);
  assert.match(chat.output(), /✔ agent shell: /);
  assert.doesNotMatch(chat.output(), /token|webhook|proxy/);
});
