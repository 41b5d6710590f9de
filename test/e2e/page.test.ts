import assert from "node:assert/strict";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "playwright-core";
import { noChromium, openBrowser, PHONE } from "../fakes/chromium.ts";
import { untilSaid } from "./chats.ts";
import { OWNER, project, run } from "./project.ts";

/** Resolves when the visible rows of the terminal fit. The page's policy lets nothing be evaluated within it. */
async function shows(page: Page, what: RegExp): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const text = String(await page.evaluate("document.querySelector('.xterm-rows')?.innerText ?? ''"));
    if (what.test(text.replaceAll("\u00a0", " "))) return;
    assert.ok(Date.now() < deadline, `not shown: ${what} in\n${text}`);
    await sleep(50);
  }
}

test("a terminal of the chat is on the page, and is found again after the page was closed", {
  skip: noChromium,
}, async (t) => {
  const { api, folder, start } = await project(t);
  const ada = api.privateChat(OWNER, { firstName: "Ada" });
  const bridge = await start();
  api.say(ada, "/term");
  await untilSaid(api, ada, /^🖥 term-1/);
  /** The link that `nanogent open` prints, as soon as the page is there. */
  const link = async (): Promise<string> => {
    for (;;) {
      const asked = run(["open", "term-1"], folder);
      if ((await asked.exited).code === 0) return asked.output().trim();
      assert.match(asked.output(), /serves no page/);
    }
  };
  const browser = await openBrowser(t, PHONE);
  const page = await browser.newPage();
  await page.goto(await link());
  await shows(page, /[$#]\s*$/m);
  const input = page.locator("textarea:not(.xterm-helper-textarea), input[type=text]").first();
  await input.fill("echo sum-$((40 + 2)); echo from-the-page > made.txt");
  await input.press("Enter");
  await shows(page, /^sum-42/m);
  await page.close();

  // Typed from the chat meanwhile.
  api.say(ada, "cat made.txt", { replyTo: (await untilSaid(api, ada, /^🖥 term-1/)).messageId });
  await untilSaid(api, ada, /from-the-page/);
  const again = await browser.newPage();
  await again.goto(await link());
  await shows(again, /^sum-42[\s\S]*from-the-page/m);
  assert.equal(await bridge.stop(), 0);
  const used = run(["open"], folder);
  assert.equal((await used.exited).code, 1);
  assert.match(used.output(), /does not run in this folder/);
});

test("the page is off where it is turned off, and a link is for one use", async (t) => {
  const { api, folder, start, writeEnv } = await project(t);
  const ada = api.privateChat(OWNER, { firstName: "Ada" });
  const bridge = await start();
  const link = async (): Promise<URL | undefined> => {
    const asked = run(["open"], folder);
    return (await asked.exited).code === 0 ? new URL(asked.output().trim()) : undefined;
  };
  let found = await link();
  while (!found) found = await link();
  const login = (url: URL) =>
    fetch(new URL("/v1/login", url), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ link: new URLSearchParams(url.hash.slice(1)).get("link") }),
    });
  assert.deepEqual([(await login(found)).status, (await login(found)).status], [200, 401]);
  await writeEnv({
    NANOGENT_AGENT: "shell",
    TELEGRAM_ALLOWED_USER_IDS: String(OWNER),
    NANOGENT_WEB: "off",
  });
  bridge.child.kill("SIGHUP");
  await bridge.says("The settings were read again");
  while (await link());
  await assert.rejects(fetch(found));
  api.say(ada, "echo still here");
  await untilSaid(api, ada, /still here/);
});
