import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { DESK, noChromium, PHONE, without } from "../../fakes/chromium.ts";
import { openTerminalPage, type TerminalPage } from "../../fakes/terminal-page.ts";

const SIZES = [
  ["a phone", PHONE],
  ["a desk", DESK],
] as const;

async function shell(t: TestContext, viewport: { width: number; height: number }): Promise<TerminalPage> {
  const opened = await openTerminalPage(t, viewport);
  await opened.attach(opened.server.open());
  await opened.shows(/^\$ /m);
  return opened;
}

for (const [name, viewport] of SIZES) {
  test(`on ${name}, a line is run by Enter and by the button`, { skip: noChromium }, async (t) => {
    const { input, shows, page, faults } = await shell(t, viewport);
    await input.fill("echo by-$((40 + 2))");
    await input.press("Enter");
    await shows(/^by-42/m);
    assert.equal(await input.inputValue(), "");
    await input.fill("echo button-$((1 + 2))");
    await page.click("[aria-label='Send with Enter']");
    await shows(/^button-3/m);
    assert.equal(await page.locator(".xterm-cursor").count(), 1);
    assert.deepEqual(faults, []);
  });

  test(`on ${name}, the terminal is as large as its place, and follows it`, {
    skip: noChromium,
  }, async (t) => {
    const { input, shows, page, server } = await shell(t, viewport);
    const seen = async (): Promise<void> => {
      await input.fill("clear; echo size: $(stty size)");
      await input.press("Enter");
      await shows(new RegExp(`^size: ${server.size("term-1")}$`, "m"));
    };
    await seen();
    const before = server.size("term-1");
    await page.setViewportSize({ width: viewport.width, height: viewport.height - 250 });
    await changes(() => server.size("term-1"), before);
    await seen();
    const [rows = 0, columns = 0] = server.size("term-1").split(" ").map(Number);
    assert.equal(await page.locator(".xterm-rows > div").count(), rows);
    const place = await page.locator(".host").boundingBox();
    const drawn = await page.locator(".xterm-screen").boundingBox();
    assert.ok(place !== null && drawn !== null);
    assert.ok(place.width - drawn.width < 8 + drawn.width / columns + 1, "no column more would fit");
    assert.ok(place.height - drawn.height < drawn.height / rows + 1, "no row more would fit");
  });

  test(`on ${name}, a file is written with vim`, { skip: without("vim") }, async (t) => {
    const opened = await openTerminalPage(t, viewport);
    const { input, key, shows, folder, server, page } = opened;
    await opened.attach(server.open("vim -u NONE -N note.txt"));
    await shows(/^~/m);
    // A program that takes the whole screen gets its keys one by one.
    await page.waitForSelector(".bar[data-mode=keys]");
    await input.pressSequentially("ihello from vim");
    await shows(/hello from vim/);
    await key("Escape");
    await input.pressSequentially("x:wq");
    await input.press("Enter");
    await page.waitForSelector(".state[data-kind=ended]");
    assert.equal(await readFile(join(folder, "note.txt"), "utf8"), "hello from vi\n");
    assert.match(await page.innerText(".ended"), /Ended with exit code 0/);
  });
}

test("with a keyboard, one types straight into the terminal", { skip: noChromium }, async (t) => {
  const { page, shows } = await shell(t, DESK);
  await page.click(".xterm-screen");
  await page.keyboard.type("echo direct-$((5 * 5))x\b\n");
  await page.keyboard.press("Backspace");
  await shows(/^direct-25/m);
  // The shell has let go of the line before it is interrupted: a signal empties what is typed ahead.
  await page.keyboard.type("echo up; cat");
  await page.keyboard.press("Enter");
  await shows(/^up/m);
  await page.keyboard.press("Control+c");
  await shows(/\^C/);
  await page.keyboard.press("ArrowUp");
  await shows(/\$ echo up; cat\s*$/);
});

test("Ctrl holds for the next key only, in the input bar and straight in the terminal", {
  skip: noChromium,
}, async (t) => {
  const { page, input, key, shows, server } = await shell(t, DESK);
  await key("Control");
  assert.equal(await page.getAttribute("[aria-label=Control]", "data-sticky"), "once");
  await input.pressSequentially("ac");
  assert.equal(server.input("term-1"), "\x01");
  assert.equal(await input.inputValue(), "c");
  await page.click(".xterm-screen");
  await key("Control");
  await page.keyboard.type("eb");
  await shows(/\$ b/);
  assert.equal(server.input("term-1"), "\x01\x05b");
  await key("Alt");
  await key("Left");
  await changes(() => server.input("term-1"), "\x01\x05b");
  assert.equal(server.input("term-1"), "\x01\x05bc\x1b[1;3D", "what stood in the bar goes before the key");
});

test("keys go as the program has asked for them", { skip: noChromium }, async (t) => {
  const { key, shows, server, attach, page } = await openTerminalPage(t, PHONE);
  await attach(server.open("sh -c 'stty raw -echo; printf \"\\033[?1hready\"; cat >/dev/null'"));
  await shows(/ready/);
  for (const name of ["Up", "Left", "Page up", "Home", "Tab", "Escape", "Control Z: suspend"])
    await key(name);
  await page.click(".grid [aria-label='Function keys']");
  await key("F5");
  const keys = "\x1bOA\x1bOD\x1b[5~\x1bOH\t\x1b\x1a\x1b[15~";
  await until(
    () => server.input("term-1") === keys,
    () => JSON.stringify(server.input("term-1")),
  );
});

test("a question for one key is answered without Enter", { skip: noChromium }, async (t) => {
  const { page, input, shows, server, attach } = await openTerminalPage(t, PHONE);
  await attach(server.open("bash -c 'read -rn1 -p \"Sure? [y/n] \" a; echo; echo answer=$a; sleep 60'"));
  await shows(/Sure/);
  await page.click("[aria-label='Send each key at once']");
  await input.press("y");
  await shows(/^answer=y/m);
});

const QUERIES = [
  ...["[c", "[>c", "[=c", "[6n", "[?6n", "[5n", "[?2004$p", "[4$p", "[>q"].map((query) => `\x1b${query}`),
  ...["]10;?", "]11;?", "]12;?", "]4;1;?", "P$qm"].map((query) => `\x1b${query}\x1b\\`),
].join("");

test("what a program asks its terminal is left to the server", { skip: noChromium }, async (t) => {
  const { key, shows, server, attach } = await openTerminalPage(t, PHONE, { queries: `${QUERIES}ready` });
  await attach(server.open("sh -c 'stty raw -echo; cat queries; cat >/dev/null'"));
  await shows(/^ready/m);
  await key("Tab");
  await until(
    () => server.input("term-1").includes("\t"),
    () => "nothing was typed",
  );
  assert.equal(server.input("term-1"), "\t");
});

const LINES = Array.from({ length: 100 }, (_, line) => `line ${line + 1} of a paste`);

test("100 lines pasted into the bar arrive as they are", { skip: noChromium }, async (t) => {
  const { browser, page, input, key, shows, server, folder } = await shell(t, PHONE);
  await browser.grantPermissions(["clipboard-read", "clipboard-write"]);
  await input.fill("cat > pasted.txt; echo done");
  await input.press("Enter");
  await shows(/echo done/);
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(LINES.join("\n"))})`);
  await input.press("Control+v");
  assert.equal(await input.inputValue(), LINES.join("\n"));
  await page.click("[aria-label='Send with Enter']");
  await shows(/line 100 of a paste/);
  await key("Control D: end of input");
  await shows(/^done/m);
  assert.equal(await readFile(join(folder, "pasted.txt"), "utf8"), `${LINES.join("\n")}\n`);
  assert.doesNotMatch(server.input("term-1"), /\x1b\[200~/, "cat has not asked for brackets");
});

test("a paste is bracketed where the program asks for it, and cannot end its bracket", {
  skip: noChromium,
}, async (t) => {
  const { browser, page, shows, server, attach } = await openTerminalPage(t, PHONE);
  await browser.grantPermissions(["clipboard-read", "clipboard-write"]);
  await attach(server.open("sh -c 'stty raw -echo; printf \"\\033[?2004hready\"; cat >/dev/null'"));
  await shows(/ready/);
  await page.evaluate('navigator.clipboard.writeText("a\\nb\\u001b[201~c")');
  await page.click("[aria-label=More]");
  await page.click("text=Paste");
  const pasted = "\x1b[200~a\rb␛[201~c\x1b[201~";
  await until(
    () => server.input("term-1") === pasted,
    () => JSON.stringify(server.input("term-1")),
  );
});

async function changes(read: () => string, before: string): Promise<void> {
  await until(
    () => read() !== before,
    () => `it is still ${JSON.stringify(before)}`,
  );
}

async function until(holds: () => boolean, why: () => string): Promise<void> {
  for (let tries = 0; tries < 200 && !holds(); tries++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok(holds(), why());
}
