import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { SeenMessage } from "../fakes/bot-api/view.ts";
import type { ChatRef } from "../fakes/bot-api.ts";
import { noChromium, openBrowser, PHONE } from "../fakes/chromium.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { has } from "../terminal/held.ts";
import { signed } from "../web/init-data.ts";
import { fromBot, untilSaid } from "./chats.ts";
import { OWNER, type ProjectOptions, project, SCRIPTED } from "./project.ts";

const OTHER = 8;
const GROUP = -1007;
const NO_ADDRESS = "exit 1\n";

/** A stand-in for tailscale: what it does at its next start is up to the test. */
async function tunnel(t: TestContext) {
  const bin = await temporaryFolder(t);
  const does = (script: string): void =>
    writeFileSync(join(bin, "tailscale"), `#!/bin/sh\necho $$ > ${bin}/pid\n${script}`, { mode: 0o755 });
  return {
    env: { PATH: `${bin}:${process.env.PATH}` },
    does,
    tells: (name: string): void => does(`echo https://${name}.ts.net/\nexec sleep 1000\n`),
    die(): void {
      if (existsSync(join(bin, "pid")))
        process.kill(Number(readFileSync(join(bin, "pid"), "utf8")), "SIGKILL");
    },
  };
}

async function reach(
  t: TestContext,
  settings: Readonly<Record<string, string>>,
  { forum = false, ...api }: ProjectOptions["api"] & { forum?: boolean } = {},
) {
  const base = {
    TELEGRAM_ALLOWED_USER_IDS: `${OWNER},${OTHER}`,
    TELEGRAM_ALLOWED_CHAT_IDS: String(GROUP),
    NANOGENT_OWNER_IDS: String(OWNER),
    ...SCRIPTED,
  };
  const home = await project(t, { env: { ...base, ...settings }, api });
  const { api: bot } = home;
  const ada = bot.privateChat(OWNER, { firstName: "Ada" });
  const bob = bot.privateChat(OTHER, { firstName: "Bob" });
  const group = bot.group(GROUP, { forum });
  const until = (what: RegExp, chat: ChatRef = ada): Promise<SeenMessage> => untilSaid(bot, chat, what);
  const now = ({ chatId, messageId }: SeenMessage): SeenMessage => {
    const found = bot.messages(chatId).find((each) => each.messageId === messageId);
    assert.ok(found);
    return found;
  };
  /** Where the button of a message leads to, as it is now. */
  const opens = (message: SeenMessage): string | undefined => {
    const button = now(message)
      .keyboard.flat()
      .find(({ text }) => text === "↗ Open");
    return button?.web_app?.url ?? button?.url;
  };
  const leads = (message: SeenMessage, to: string | undefined) =>
    bot.waitFor(() => opens(message) === to, { what: `a button to ${to}`, timeoutMs: 20_000 });
  const menus = (buttons: Readonly<Record<number, string>>) =>
    bot.waitFor(() => JSON.stringify(Object.fromEntries(bot.menuButtons)) === JSON.stringify(buttons), {
      what: `the menu buttons ${JSON.stringify(buttons)}`,
      timeoutMs: 20_000,
    });
  return { ...home, ada, bob, group, base, until, now, opens, leads, menus };
}

test("menu and Open buttons follow a tunnel: its address comes, goes, changes, and is another one after a crash", {
  skip: !has("tmux") && "tmux is not installed",
}, async (t) => {
  const tailscale = await tunnel(t);
  tailscale.tells("one");
  const { api, ada, bob, group, base, start, writeEnv, until, opens, leads, menus } = await reach(
    t,
    { NANOGENT_TUNNEL: "tailscale" },
    // Its address in @BotFather does not follow.
    { mainApp: true },
  );
  const bridge = await start(tailscale.env);
  await menus({ [OWNER]: "https://one.ts.net/" });
  api.say(ada, "/term exec cat");
  const first = await until(/^🖥 term-1/);
  assert.equal(opens(first), "https://one.ts.net/?session=term-1");
  api.say(group, `/term@${api.bot.username} exec cat`, { from: OWNER });
  const inGroup = await until(/^🖥 term-2/, group);
  assert.equal(opens(inGroup), "https://t.me/nano_test_bot?start=term-2");

  tailscale.does(NO_ADDRESS);
  tailscale.die();
  await until(/^⚠️ tailscale has ended/);
  await Promise.all([leads(first, undefined), leads(inGroup, undefined), menus({})]);
  api.say(ada, "/start term-1");
  const again = await until(
    /^🖥 term-1[^\n]*\n[\s\S]*nanogent open term-1 at the machine\..*tailscale is to give it/,
  );
  assert.equal(opens(again), undefined);
  tailscale.tells("two");
  await Promise.all([
    leads(again, "https://two.ts.net/?session=term-1"),
    leads(inGroup, "https://t.me/nano_test_bot?start=term-2"),
    menus({ [OWNER]: "https://two.ts.net/" }),
  ]);
  assert.equal(opens(first), undefined, "only the last card of a session");

  // What a button of the group leads to.
  api.say(ada, "/start term-2");
  const second = await until(/^🖥 term-2/);
  assert.equal(opens(second), "https://two.ts.net/?session=term-2");
  api.say(ada, "/start term-99");
  await until(/^This bot works in/);
  api.say(bob, "/start term-1");
  await until(/^This bot works in/, bob);

  await writeEnv({ ...base, NANOGENT_TUNNEL: "tailscale", NANOGENT_OWNER_IDS: String(OTHER) });
  bridge.child.kill("SIGHUP");
  await menus({ [OTHER]: "https://two.ts.net/" });
  await bridge.kill();

  await writeEnv({ ...base, NANOGENT_PUBLIC_URL: "https://fixed.example.org" });
  const next = await start(tailscale.env);
  await menus({ [OWNER]: "https://fixed.example.org/" });
  // Whoever was no owner for a while has no card that follows any more, until he asks for one.
  api.say(ada, "/start term-1");
  const cards = () => fromBot(api, ada).filter(({ text }) => text.startsWith("🖥 term-1"));
  await api.waitFor(() => cards().length === 3, { what: "the card" });
  const anew = cards()[2] as SeenMessage;
  assert.equal(opens(anew), "https://fixed.example.org/?session=term-1");
  assert.equal(opens(second), "https://two.ts.net/?session=term-2");
  await writeEnv({ ...base, NANOGENT_TUNNEL: "tailscale" });
  next.child.kill("SIGHUP");
  await Promise.all([
    menus({ [OWNER]: "https://two.ts.net/" }),
    leads(anew, "https://two.ts.net/?session=term-1"),
  ]);
  assert.equal(await next.stop(), 0);
  assert.deepEqual([...api.menuButtons], [], "the tunnel's address has ended with the bridge");
  assert.deepEqual(api.violations, []);
});

test("without an address the way to the page is told once; one that comes later, goes with the page", async (t) => {
  const { api, folder, ada, group, base, start, writeEnv, until, now, opens, leads, menus } = await reach(
    t,
    { NANOGENT_PERSIST: "off" },
    { mainApp: true, forum: true },
  );
  const bridge = await start();
  while (!existsSync(join(folder, ".nanogent", "web.json"))) await sleep(20);
  const way =
    "On the page: nanogent open term-1 at the machine, or on the phone with NANOGENT_TUNNEL or NANOGENT_PUBLIC_URL.";
  api.say(ada, "/term exec cat");
  const first = await until(/^🖥 term-1/);
  assert.equal(first.text.split("\n").at(-1), way);
  api.say(group, `/term@${api.bot.username} exec cat`, { from: OWNER });
  const inTopic =
    /^🖥 term-2 · exec cat\nWhat you write in this topic is typed there\.\nIt ends with the bridge[^\n]*$/;
  const second = await until(inTopic, group);
  api.say(ada, "/terms");
  await until(/^On the page: nanogent open at the machine, /m);
  assert.deepEqual([opens(first), opens(second), api.calls("setChatMenuButton")], [undefined, undefined, []]);

  await writeEnv({ ...base, NANOGENT_PERSIST: "off", NANOGENT_PUBLIC_URL: "https://term.example.org" });
  bridge.child.kill("SIGHUP");
  await Promise.all([
    leads(first, "https://term.example.org/?session=term-1"),
    leads(second, "https://t.me/nano_test_bot?startapp=term-2"),
    menus({ [OWNER]: "https://term.example.org/" }),
  ]);
  assert.doesNotMatch(now(first).text, /On the page/);
  assert.match(now(second).text, inTopic);
  // What a message shows instead of the card is not taken away by a change.
  await api.press(second, "✖ Close", { from: OWNER });
  await api.waitFor(() => /Close it\?/.test(now(second).text), { what: "the question" });

  await writeEnv({ ...base, NANOGENT_PERSIST: "off", NANOGENT_WEB: "off" });
  bridge.child.kill("SIGHUP");
  await Promise.all([leads(first, undefined), menus({})]);
  assert.match(now(second).text, /Close it\?/);
  assert.equal(await bridge.stop(), 0);
  assert.deepEqual(api.violations, []);
});

test("a link of a group opens its terminal at once, for owners alone", { skip: noChromium }, async (t) => {
  const { api, folder, group, start, until } = await reach(t, { NANOGENT_PERSIST: "off" }, { mainApp: true });
  const bridge = await start();
  api.say(group, `/term@${api.bot.username} echo from-the-group; exec cat`, { from: OWNER });
  await until(/^🖥 term-1/, group);
  const state = join(folder, ".nanogent", "web.json");
  while (!existsSync(state)) await sleep(20);
  const { port } = JSON.parse(readFileSync(state, "utf8"));
  /** As Telegram opens the page for the link `?startapp=term-1`. */
  const launch = (id: number): string => {
    const user = JSON.stringify({ id, first_name: "Somebody" });
    const fields = { user, auth_date: String(Math.floor(Date.now() / 1_000)), start_param: "term-1" };
    return `http://127.0.0.1:${port}/#tgWebAppData=${encodeURIComponent(signed(fields, api.token))}`;
  };
  const browser = await openBrowser(t, PHONE);
  const cases: [user: number, where: string, shown: string][] = [
    // Not in the list, where its command stands as well.
    [OWNER, ".xterm-rows", "from-the-group"],
    [OTHER, "[role=alert]", "You may not use this bot's terminals."],
  ];
  for (const [user, where, shown] of cases) {
    const page = await browser.newPage();
    await page.goto(launch(user));
    await page.locator(where, { hasText: shown }).waitFor();
    // The login is the tab's: the next one has its own.
    await page.close();
  }
  assert.equal(await bridge.stop(), 0);
});
