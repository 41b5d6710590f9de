import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { DESK, noChromium, PHONE } from "../../fakes/chromium.ts";
import { openTerminalPage, pageOf } from "../../fakes/terminal-page.ts";

const NUMBERS = Array.from({ length: 1500 }, (_, index) => String(index + 1));

test("after cuts in the middle of the output nothing is missing and nothing is there twice", {
  skip: noChromium,
}, async (t) => {
  const { attach, input, shows, text, server } = await openTerminalPage(t, PHONE);
  await attach(server.open());
  await shows(/^\$ /m);
  const start = Buffer.byteLength(server.output("term-1"));
  // Not at the end of a line, and while the program goes on.
  server.cutAt("term-1", start + 1501);
  await input.fill(
    "for i in $(seq 1500); do echo $i; [ $((i % 100)) = 0 ] && sleep 0.2; done; echo fin-$((1 + 1))",
  );
  await input.press("Enter");
  await until(() => server.hellos.length === 2);
  server.cutAt("term-1", Buffer.byteLength(server.output("term-1")) + 777);
  await until(() => server.hellos.length === 3);
  server.cut(2);
  await shows(/^fin-2/m);
  const lines = await text();
  const from = lines.indexOf("1");
  assert.deepEqual(lines.slice(from, from + 1501), [...NUMBERS, "fin-2"]);
  assert.equal(server.hellos[1]?.from, start + 1501, "it asks from the very byte");
  assert.ok(server.hellos.length >= 4);
});

test("where the server does not remember that far, the snapshot takes the place of all", {
  skip: noChromium,
}, async (t) => {
  const { attach, input, shows, text, server, page } = await openTerminalPage(t, PHONE);
  await attach(server.open());
  await shows(/^\$ /m);
  server.cut(1);
  await page.waitForSelector(".state:not([hidden])");
  server.type(
    "term-1",
    "head -c 400000 /dev/zero | tr '\\0' x | fold -w 400; echo; seq 1500; echo fin-$((1 + 1))\r",
  );
  await shows(/^fin-2/m);
  const lines = await text();
  const from = lines.indexOf("1");
  assert.deepEqual(lines.slice(from, from + 1501), [...NUMBERS, "fin-2"]);
  await input.fill("echo on-$((2 + 3))");
  await input.press("Enter");
  await shows(/^on-5/m);
});

test("it says that the connection is being made again, and keeps what is typed meanwhile", {
  skip: noChromium,
}, async (t) => {
  const { attach, input, shows, server, page } = await openTerminalPage(t, PHONE);
  await attach(server.open());
  await shows(/^\$ /m);
  server.cut(2);
  await page.waitForSelector("text=Connecting again…");
  await input.fill("echo late-$((3 + 4))");
  await input.press("Enter");
  await page.waitForSelector(".toast");
  assert.equal(await input.inputValue(), "echo late-$((3 + 4))");
  await page.waitForSelector(".state[hidden]", { state: "attached" });
  await input.press("Enter");
  await shows(/^late-7/m);
  assert.equal(server.input("term-1"), "echo late-$((3 + 4))\r");
});

test("a tap on what it says, a network and a look at the page each try at once; after a while it says more", {
  skip: noChromium,
}, async (t) => {
  const { attach, shows, server, page } = await openTerminalPage(t, PHONE);
  await attach(server.open());
  await shows(/^\$ /m);
  // By itself it tries no more.
  await page.evaluate(
    "{ const real = window.setTimeout; window.setTimeout = (act, ms) => (ms === 100 || ms >= 1_000 ? 0 : real(act, ms)); }",
  );
  const tap = () => page.click(".state");
  const acts: (() => Promise<unknown>)[] = [
    tap,
    () => page.evaluate("window.dispatchEvent(new Event('online'))"),
    () => page.evaluate("document.dispatchEvent(new Event('visibilitychange'))"),
  ];
  for (const act of acts) {
    server.cut(0);
    await page.waitForSelector("text=Connecting again… Tap to try now.");
    await act();
    await page.waitForSelector(".state[hidden]", { state: "attached" });
  }
  server.cut(1);
  await page.waitForSelector("text=Connecting again…");
  await page.evaluate("{ const { now } = Date; Date.now = () => now() + 31_000; }");
  await tap();
  await page.waitForSelector("text=No connection. Tap to try now, or open this page again from the chat");
  await tap();
  await page.waitForSelector(".state[hidden]", { state: "attached" });
});

test("a session that has ended says how, and is not asked for again", { skip: noChromium }, async (t) => {
  const { attach, input, shows, server, page } = await openTerminalPage(t, PHONE);
  await attach(server.open());
  await shows(/^\$ /m);
  await input.fill("exit 7");
  await input.press("Enter");
  await page.waitForSelector("text=Ended with exit code 7");
  assert.equal(await page.locator(".bar").isVisible(), false);
  // Longer than the first waits of a connection that is made again.
  await sleep(2_500);
  assert.equal(server.hellos.length, 1);
  await page.reload();
  await page.waitForSelector("text=Ended with exit code 7");
  await shows(/exit 7/);
});

test("a session that is not there is told, once", { skip: noChromium }, async (t) => {
  const { page, server } = await openTerminalPage(t, PHONE);
  await page.goto(`${server.url}/#link=owner&session=term-9`);
  await page.waitForSelector("text=There is no such session.");
  await sleep(1_500);
  assert.equal(server.hellos.length, 1);
});

test("a size that changes while the connection is being made is told when it is", {
  skip: noChromium,
}, async (t) => {
  const { page, server, shows } = await openTerminalPage(t, PHONE);
  const release = server.hold();
  await page.goto(`${server.url}/#link=owner&session=${server.open()}`);
  await until(() => server.hellos.length === 1);
  await page.setViewportSize({ ...PHONE, height: PHONE.height - 200 });
  // Longer than the page waits for the end of an animation.
  await sleep(400);
  release();
  await shows(/^\$ /m);
  const rows = Number(server.hellos[0]?.rows);
  await until(() => Number(server.size("term-1").split(" ")[0]) < rows - 5);
  await page.waitForSelector(".host[data-foreign=false]");
});

test("two devices watch side by side; the size follows who types", { skip: noChromium }, async (t) => {
  const phone = await openTerminalPage(t, PHONE);
  const { server } = phone;
  const session = server.open();
  await phone.attach(session);
  await phone.shows(/^\$ /m);
  const phoneSize = server.size(session);
  const desk = await pageOf(phone.browser, server);
  await desk.page.setViewportSize(DESK);
  await desk.attach(session, "writer");
  for (const { page } of [phone, desk]) await page.waitForSelector("[aria-label='2 watching']");
  assert.equal(server.size(session), phoneSize, "looking on changes nothing");
  await desk.page.waitForSelector(".host[data-foreign=true]");
  await desk.input.fill("echo from-$((50 + 5))");
  await desk.input.press("Enter");
  for (const { shows } of [phone, desk]) await shows(/^from-55/m);
  assert.notEqual(server.size(session), phoneSize);
  await phone.page.waitForSelector(".host[data-foreign=true]");
  const drawn = await phone.page.locator(".xterm-rows > div").count();
  assert.equal(drawn, Number(server.size(session).split(" ")[0]), "the phone shows the other's rows");
  await phone.input.fill("echo back-$((60 + 6))");
  await phone.input.press("Enter");
  for (const { shows } of [phone, desk]) await shows(/^back-66/m);
  await until(() => server.size(session) === phoneSize);
  assert.equal(server.hellos.length, 2, "nobody has lost the connection");
});

test("more than the device can draw ends in a snapshot, not in its memory", {
  skip: noChromium,
}, async (t) => {
  const { attach, browser, page, input, shows, server } = await openTerminalPage(t, PHONE);
  await attach(server.open());
  await shows(/^\$ /m);
  const devtools = await browser.newCDPSession(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: 8 });
  await input.fill("seq 1500000; echo fin-$((1 + 1))");
  await input.press("Enter");
  await shows(/^fin-2/m);
  const [first, ...others] = server.hellos;
  assert.equal(first?.from, undefined);
  assert.ok(others.length > 0, "it has let go of the backlog");
  assert.ok(others.every(({ from }) => from === undefined));
});

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 300 && !holds(); tries++) await sleep(50);
  assert.ok(holds());
}
