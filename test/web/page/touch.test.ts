import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { noChromium, PHONE, without } from "../../fakes/chromium.ts";
import { openTerminalPage, type TerminalPage } from "../../fakes/terminal-page.ts";

type Point = readonly [x: number, y: number];

/** A shell on a phone, and fingers. */
async function phone(
  t: TestContext,
): Promise<TerminalPage & { fingers(...steps: Point[][]): Promise<void> }> {
  const opened = await openTerminalPage(t, PHONE);
  const { attach, server, shows, browser, page } = opened;
  await page.addInitScript(
    "window.told = []; window.TelegramWebviewProxy = { postEvent: (type, data) => told.push(type + ' ' + data) }",
  );
  await browser.grantPermissions(["clipboard-read", "clipboard-write"]);
  await attach(server.open());
  await shows(/^\$ /m);
  const devtools = await browser.newCDPSession(page);
  return {
    ...opened,
    async fingers(...steps) {
      for (const [step, points] of steps.entries()) {
        const touchPoints = points.map(([x, y], id) => ({ x, y, id }));
        await devtools.send("Input.dispatchTouchEvent", {
          type: step === 0 ? "touchStart" : "touchMove",
          touchPoints,
        });
        await sleep(20);
      }
      await devtools.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    },
  };
}

const drag = (from: number, to: number): Point[][] =>
  Array.from({ length: 11 }, (_, step) => [[150, from + ((to - from) * step) / 10] as Point]);

test("a swipe moves through the scrollback, and a button leads back", { skip: noChromium }, async (t) => {
  const { fingers, input, shows, page, server } = await phone(t);
  await input.fill("seq 500");
  await input.press("Enter");
  await shows(/^500$/m);
  const before = server.input("term-1");
  await fingers(...drag(150, 550));
  const shown = await shows(/^470$/m);
  assert.doesNotMatch(shown, /^500$/m);
  await page.tap("[aria-label='To the bottom']");
  await shows(/^500$/m);
  assert.equal(await page.locator("[aria-label='To the bottom']").isVisible(), false);
  assert.equal(server.input("term-1"), before);
});

test("in a program that takes the whole screen a swipe goes to the program", {
  skip: without("less"),
}, async (t) => {
  const { fingers, input, shows, server } = await phone(t);
  await input.fill("seq 500 | less");
  await input.press("Enter");
  await shows(/^1$/m);
  await fingers(...drag(500, 200));
  await shows(/^5\d$/m);
  assert.match(server.input("term-1"), /(?:\x1bOB){5}/);
});

test("a pinch changes the letters, and the device remembers it", { skip: noChromium }, async (t) => {
  const { fingers, server, page, shows, input } = await phone(t);
  const columns = (): number => Number(server.size("term-1").split(" ")[1]);
  const before = columns();
  await fingers(
    [
      [130, 300],
      [180, 300],
    ],
    [
      [110, 300],
      [200, 300],
    ],
    [
      [100, 300],
      [210, 300],
    ],
  );
  for (let tries = 0; tries < 100 && columns() === before; tries++) await sleep(50);
  // It is told when the fingers rest.
  await sleep(600);
  const after = columns();
  assert.ok(after < 0.7 * before, `${after} columns after ${before}`);
  await page.reload();
  await input.fill("clear; echo is $(stty size)");
  await input.press("Enter");
  await shows(new RegExp(`^is \\d+ ${after}$`, "m"));
});

test("a long press selects the word, and Copy copies it", { skip: noChromium }, async (t) => {
  const { input, shows, page, browser } = await phone(t);
  await input.fill("clear; echo one path/to/file.txt three");
  await input.press("Enter");
  await shows(/^one path/m);
  const box = await page.locator(".xterm-rows > div", { hasText: /^one path/ }).boundingBox();
  assert.ok(box !== null);
  const devtools = await browser.newCDPSession(page);
  const finger = { x: box.x + 60, y: box.y + box.height / 2 };
  await devtools.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [finger] });
  await sleep(700);
  await devtools.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await page.tap("text=Copy");
  await page.waitForSelector("text=Copied");
  assert.equal(await page.evaluate("navigator.clipboard.readText()"), "path/to/file.txt");
});

test("a tap opens the input, or the address under the finger", { skip: noChromium }, async (t) => {
  const { fingers, input, shows, page } = await phone(t);
  await input.fill(
    "clear; echo see https://example.org/a/very/long/address/that/wraps/to/the/next/line, there",
  );
  await input.press("Enter");
  await shows(/^see https/m);
  await page.evaluate("document.activeElement.blur()");
  await fingers([[200, 400]]);
  assert.equal(await page.evaluate("document.activeElement.ariaLabel"), "Input for the terminal");
  const box = await page.locator(".xterm-rows > div", { hasText: /^see https/ }).boundingBox();
  assert.ok(box !== null);
  await fingers([[box.x + 20, box.y + 1.5 * box.height]]);
  const told = (await page.evaluate("told")) as string[];
  assert.equal(
    told.filter((event) => event.startsWith("web_app_open_link")).join(),
    'web_app_open_link {"url":"https://example.org/a/very/long/address/that/wraps/to/the/next/line"}',
  );
});
