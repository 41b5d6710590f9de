import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { noChromium, PHONE } from "../../fakes/chromium.ts";
import { answer, fakeClaude, init, type Scenario, SESSION, success } from "../../fakes/claude-cli.ts";
import { temporaryFolder } from "../../fakes/folder.ts";
import { noSsh, SshServer } from "../../fakes/ssh-server.ts";
import { untilSaid } from "../chats.ts";
import { OWNER } from "../project.ts";
import { newBrowser, site, untilFile, userOf } from "./in-use.ts";

/** Each answer costs half a dollar. */
const SCENARIO: Scenario = {
  "Port the parser": [init(), ...answer("I begin."), { stay: true }],
  "": [init(), ...answer("That is done."), success()],
};

test("jobs on the page of a real bridge: what the page decides is decided in the chat, too", {
  skip: noChromium,
}, async (t) => {
  const claude = await fakeClaude(await temporaryFolder(t), SCENARIO);
  const here = await site(t, {
    ...{ IS_SANDBOX: "1", NANOGENT_AGENT: "claude", NANOGENT_CLAUDE: claude, NANOGENT_BUDGET_USD: "0.40" },
  });
  const { api, link } = here;
  const ada = api.privateChat(OWNER, { firstName: "Ada" });
  const said = (what: RegExp) => untilSaid(api, ada, what);
  const { page, picture, faults } = await userOf(await newBrowser(t, PHONE, here), here, "phone");
  const open = page.locator(".case");
  const gone = (): Promise<void> => open.waitFor({ state: "detached" });

  api.say(ada, "!sleep 1.2; ls");
  await said(/✅ exit 0/);
  api.say(ada, "/term");
  await said(/^🖥 term-1/);
  api.say(ada, "/term @notes vim -u NONE -N notes.md");
  await said(/^🖥 term-2 @notes/);
  api.say(ada, "Port the parser to the new grammar, and keep the old tests green");
  await said(/I begin\./);
  api.say(ada, "Then write the changelog");
  const queued = await said(/^⏳ Queued as number 1/);
  await page.goto(await link());
  await page.waitForSelector(".job:not(.case) >> text=Then write the changelog · Ada");
  await page.waitForSelector("[data-session=term-2][data-state=running]");
  await page.waitForSelector(".recent >> text=/done in [0-9]+ s · Ada/");
  await picture("list");
  await api.press(queued, "✖ Remove");
  await page.click("text=Stop");
  await said(/^I begin\.[\s\S]*Stopped/i);
  await page.waitForSelector(".recent >> text=/stopped in .* · Ada/");

  api.say(ada, "Port the parser, please");
  await page.waitForSelector(".job:not(.case) >> text=Port the parser, please");
  await untilFile(join(here.folder, ".nanogent", "journal.jsonl"), (it) => it.split(SESSION).length > 2);
  await here.again();
  const offer = await said(/^⚠️ Interrupted|⚠️ Interrupted: the bridge went down/);
  await page.goto("about:blank");
  await page.goto(await link());
  await open.waitFor();
  assert.deepEqual(await open.locator("button").allInnerTexts(), ["Continue", "Run again", "Drop"]);
  await page.waitForSelector(".recent >> text=/stopped in .* · Ada/");
  await picture("interrupted");
  await page.emulateMedia({ colorScheme: "light" });
  await page.click("text=New terminal");
  await picture("new-terminal-light");
  await page.keyboard.press("Escape");
  await picture("interrupted-light");
  await page.emulateMedia({ colorScheme: "dark" });
  await open.locator("text=Continue").click();
  await gone();
  await api.waitFor(() =>
    api
      .messages(ada)
      .some(({ messageId, text }) => messageId === offer.messageId && /▶ Resumed by this machine/.test(text)),
  );
  await said(/^That is done\.\n\n✅/);
  await page.waitForSelector(".recent [data-outcome=done] >> text=/Port the parser/");

  api.say(ada, "one more");
  await said(/^💰 “one more” waits/);
  await open.locator("text=The day's budget was reached.").waitFor();
  await picture("budget");
  await open.locator("text=Go on today").click();
  await said(/▶ .*[Ll]et on by this machine/);
  await gone();
  api.say(ada, "and another");
  const held = await said(/^💰 “and another” waits/);
  await open.waitFor();
  await api.press(held, "✖ Drop");
  await gone();
  await page.waitForSelector(".recent >> text=/dropped · Ada/");
  assert.deepEqual(
    faults.filter((fault) => !/WebSocket|ERR_|401/.test(fault)),
    [],
  );
});

test("a terminal whose connection is lost says so, and offers to reconnect", {
  skip: noChromium || noSsh(),
}, async (t) => {
  const server = await SshServer.start(t);
  const fingerprint = server.newHostKey("second");
  await server.kill();
  await server.up();
  const key = readFileSync(server.allowedKey("mine"), "utf8");
  const home = await temporaryFolder(t);
  const here = await site(t, { HOME: home, XDG_CONFIG_HOME: join(home, "config") });
  const { api } = here;
  const ada = api.privateChat(OWNER, { firstName: "Ada" });
  api.say(ada, `/ssh add web ${server.user}@127.0.0.1:${server.port}`);
  await untilSaid(api, ada, /^web is added\./);
  api.say(ada, "/ssh key web");
  await untilSaid(api, ada, /^🔑 Your next message is the private key for web/);
  api.say(ada, key);
  await untilSaid(api, ada, /^🔑 The key for web is stored/);
  api.say(ada, "/term ssh:web");
  const question = await untilSaid(api, ada, new RegExp(fingerprint.replaceAll(/[+/]/g, "\\$&")));
  await api.press(question, "✅ Yes");
  await untilSaid(api, ada, /^🖥 term-\d+ · ssh:web/);
  const { page, attach, shows, line, picture } = await userOf(
    await newBrowser(t, PHONE, here),
    here,
    "phone",
  );
  await attach("term-1");
  await shows(/[$#]\s*$/m);
  await line("echo far-$((40 + 2))");
  await shows(/^far-42/m);
  const name = `nanogent-test-${randomUUID()}.txt`;
  t.after(() => rm(join(homedir(), name), { force: true }));
  await page.click("[aria-label=More]");
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.click("text=Upload files…")]);
  await chooser.setFiles([{ name, mimeType: "text/plain", buffer: Buffer.from("far away") }]);
  await page.waitForSelector(`.toast:has-text('${name} → ${homedir()}')`);
  assert.equal(readFileSync(join(homedir(), name), "utf8"), "far away");
  await server.kill();
  await page.waitForSelector(".ended >> text=The connection to web was lost");
  await page.waitForSelector(".ended >> text=Reconnect");
  await picture("lost");
});
