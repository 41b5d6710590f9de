import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { envExample } from "../../src/cli/env-example.ts";
import { readEnvFile, withEnvValue } from "../../src/env-file.ts";
import { BUNDLE } from "../e2e/project.ts";
import { startBotApi } from "../fakes/bot-api.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { openTerminal } from "../fakes/terminal.ts";

const terminals = process.platform === "linux" ? false : "script(1) has other arguments here";

/** `nanogent init` in a terminal, with a Telegram to check the token with. */
async function initInTerminal(t: TestContext, { env = "", flags = "" } = {}) {
  const folder = await temporaryFolder(t);
  const api = await startBotApi();
  t.after(() => api.close());
  if (env !== "") writeFileSync(join(folder, ".env"), env);
  const terminal = openTerminal(`'${process.execPath}' '${BUNDLE}' init ${flags}`, {
    cwd: folder,
    columns: 200,
    env: { TELEGRAM_API_ROOT: api.root, TELEGRAM_BOT_TOKEN: "", HTTPS_PROXY: "", https_proxy: "" },
  });
  t.after(() => terminal.kill());
  const asked = (count: number) => terminal.shows(new RegExp(`(Bot token, [\\s\\S]*){${count}}`));
  await asked(1);
  return { folder, api, terminal, asked, values: () => readEnvFile(join(folder, ".env")).entries };
}

test("in a terminal it asks for the token, checks it and does not show it", {
  skip: terminals,
}, async (t) => {
  const { folder, api, terminal, values } = await initInTerminal(t);
  assert.deepEqual(readdirSync(folder), [], "before the answers nothing is written");
  terminal.type(`${api.token}\r`);
  await terminal.shows(new RegExp(`This is the token of @${api.bot.username}\\.`));
  await terminal.shows(/Permissions \[skip\]: ?$/);
  // Arrow up must not bring back what was typed before.
  terminal.type("\x1b[Amaybe\r");
  await terminal.shows(/Please answer skip, ask, edits, plan: ?$/);
  terminal.type("ASK\r");
  const screen = await terminal.shows(/Start it: {2}node nanogent\.mjs/);
  assert.equal(await terminal.exited, 0);
  assert.ok(!screen.includes(api.token.slice(12, 30)), `failure 21:\n${screen}`);
  assert.equal(values().get("TELEGRAM_BOT_TOKEN")?.value, api.token);
  assert.equal(values().get("NANOGENT_PERMISSIONS")?.value, "ask");
  const expected = withEnvValue(envExample(), "TELEGRAM_BOT_TOKEN", api.token).replace("=skip", "=ask");
  assert.equal(readFileSync(join(folder, ".env"), "utf8"), expected);
  assert.equal(statSync(join(folder, ".env")).mode & 0o777, 0o600);
  assert.deepEqual(
    api.calls().map(({ method }) => method),
    ["getMe"],
  );
});

test("a token that is none, or that Telegram does not know, is asked for again", {
  skip: terminals,
}, async (t) => {
  const { api, terminal, asked, values } = await initInTerminal(t);
  terminal.type("12345\r");
  await terminal.shows(/That does not look like a bot token/);
  await asked(2);
  assert.deepEqual(api.calls(), [], "it is not sent anywhere");
  const wrong = api.token.replace(/.{4}$/, "wxyz");
  terminal.type(`${wrong}\r`);
  await terminal.shows(/Telegram does not know this token/);
  await asked(3);
  terminal.type(`${api.token}\r\r`);
  const screen = await terminal.shows(/Start it/);
  assert.equal(values().get("TELEGRAM_BOT_TOKEN")?.value, api.token);
  assert.equal(values().get("NANOGENT_PERMISSIONS")?.value, "skip");
  for (const token of ["12345", wrong, api.token]) assert.ok(!screen.includes(token.slice(0, 5)), screen);
});

test("without a network the token is taken unchecked", { skip: terminals }, async (t) => {
  const { api, terminal, values } = await initInTerminal(t);
  await api.goOffline();
  terminal.type(`${api.token}\r`);
  await terminal.shows(/cannot be reached now, so the token was not checked\./);
  terminal.type("\r");
  assert.equal(await terminal.exited, 0);
  assert.equal(values().get("TELEGRAM_BOT_TOKEN")?.value, api.token);
});

test("Enter leaves the token for later", { skip: terminals }, async (t) => {
  const { terminal, values } = await initInTerminal(t);
  terminal.type("\r");
  await terminal.shows(/Permissions/);
  terminal.type("plan\r");
  await terminal.shows(/Put the token from @BotFather into \.env/);
  assert.equal(values().get("TELEGRAM_BOT_TOKEN")?.value, "");
  assert.equal(values().get("NANOGENT_PERMISSIONS")?.value, "plan");
});

test("Ctrl-D or Ctrl-C in the middle writes nothing", { skip: terminals }, async (t) => {
  for (const key of ["\x04", "\x03"]) {
    for (const question of ["token", "permissions"]) {
      const { folder, api, terminal } = await initInTerminal(t);
      if (question === "permissions") {
        terminal.type(`${api.token}\r`);
        await terminal.shows(/Permissions/);
      }
      terminal.type(key);
      await terminal.shows(/init stopped: .* Nothing was written\./);
      assert.equal(await terminal.exited, 1);
      assert.deepEqual(readdirSync(folder), [], `${JSON.stringify(key)} at ${question}`);
    }
  }
});

test("--force asks again, keeps what Enter is pressed at, and all else in .env", {
  skip: terminals,
}, async (t) => {
  const env = "# mine\nOTHER=1\nNANOGENT_PERMISSIONS=plan # careful\nTELEGRAM_BOT_TOKEN=1:old\n";
  const { folder, terminal } = await initInTerminal(t, { env, flags: "--force" });
  terminal.type("\r");
  await terminal.shows(/Permissions \[plan\]: ?$/);
  terminal.type("\r");
  assert.equal(await terminal.exited, 0);
  assert.equal(readFileSync(join(folder, ".env"), "utf8"), env);
  assert.equal(statSync(join(folder, ".env")).mode & 0o777, 0o600);
});

test("settings that it cannot work with are told before it asks", { skip: terminals }, async (t) => {
  const folder = await temporaryFolder(t);
  const terminal = openTerminal(`'${process.execPath}' '${BUNDLE}' init`, {
    cwd: folder,
    columns: 200,
    env: { TELEGRAM_API_ROOT: "localhost" },
  });
  t.after(() => terminal.kill());
  await terminal.shows(/TELEGRAM_API_ROOT \(the environment\) is not an http or https address/);
  assert.equal(await terminal.exited, 2);
  assert.deepEqual(readdirSync(folder), []);
});
