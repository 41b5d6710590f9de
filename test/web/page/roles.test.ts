import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { DESK, noChromium, PHONE } from "../../fakes/chromium.ts";
import { keepPicture } from "../../fakes/pictures.ts";
import { openTerminalPage } from "../../fakes/terminal-page.ts";

for (const [name, viewport] of [
  ["a phone", PHONE],
  ["a desk", DESK],
] as const) {
  test(`a reader on ${name} sees all and can do nothing to it`, { skip: noChromium }, async (t) => {
    const { attach, shows, page, server, faults } = await openTerminalPage(t, viewport);
    const session = server.open();
    const size = server.size(session);
    await attach(session, "reader");
    await page.waitForSelector("text=Read only");
    server.type(session, "echo seen-$((1 + 1))\r");
    await shows(/^seen-2/m);
    await keepPicture(page, `${viewport === PHONE ? "phone" : "desk"}-read-only`);
    for (const part of [".bar", ".keys"]) assert.equal(await page.locator(part).isVisible(), false, part);
    await page.click(".xterm-screen");
    await page.keyboard.type("rm -rf x\n");
    await page.locator(".xterm-helper-textarea").focus();
    await page.keyboard.type("rm -rf y\n");
    await page.setViewportSize({ ...viewport, height: viewport.height - 100 });
    await sleep(800);
    assert.equal(server.input(session), "");
    assert.equal(server.size(session), size);
    await page.click("[aria-label=More]");
    assert.deepEqual(await page.locator(".sheet .choice").allInnerTexts(), [
      "Select text",
      "Download a file…",
      "Screen reader: off",
      "Cancel",
    ]);
    assert.deepEqual(faults, []);
  });
}

test("without a login the page says how to get one", { skip: noChromium }, async (t) => {
  const { page, server } = await openTerminalPage(t, PHONE);
  await page.goto(server.url);
  await page.waitForSelector("text=Open this page from the chat");
  await page.goto(`${server.url}/?again#link=used`);
  await page.waitForSelector("text=This link has been used.");
});

test("what is secret does not stay in the address, and loading the page again comes back", {
  skip: noChromium,
}, async (t) => {
  const { page, server, attach, shows } = await openTerminalPage(t, PHONE);
  await attach(server.open());
  await shows(/^\$ /m);
  assert.equal(page.url(), `${server.url}/#session=term-1`);
  await page.reload();
  await shows(/^\$ /m);
  assert.equal(server.requests.filter((request) => request === "POST /v1/login").length, 1);
});

test("a link to the Mini App opens the terminal that it names at once, and nothing else", {
  skip: noChromium,
}, async (t) => {
  const { page, server, shows } = await openTerminalPage(t, PHONE);
  server.open();
  const launch = (param: string): string =>
    `${server.url}/?${param}#tgWebAppData=${encodeURIComponent(`user=owner&start_param=${param}`)}`;
  for (const param of ["hello", "term-", "x-term-1", "term-1-x"]) {
    await page.goto(launch(param));
    await page.waitForSelector("text=term-1");
    assert.equal(page.url(), `${server.url}/`, param);
  }
  await page.goto(launch("term-1"));
  await shows(/^\$ /m);
  assert.equal(page.url(), `${server.url}/#session=term-1`);
});

test("a login that the server has forgotten is made again where it can be", {
  skip: noChromium,
}, async (t) => {
  const { page, server, shows } = await openTerminalPage(t, PHONE);
  server.open();
  await page.goto(`${server.url}/#tgWebAppData=${encodeURIComponent("user=owner&start_param=term-1")}`);
  await shows(/^\$ /m);
  server.forgetTokens();
  server.cut();
  await page.waitForSelector(".state[hidden]", { state: "attached" });
  await shows(/^\$ /m);
  assert.equal(server.requests.filter((request) => request === "POST /v1/login").length, 2);
});
