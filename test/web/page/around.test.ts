import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { DESK, noChromium, PHONE } from "../../fakes/chromium.ts";
import { openTerminalPage } from "../../fakes/terminal-page.ts";

const JOB = { title: "Add dark mode", since: Date.now() - 140_000, doing: "Editing src/theme.ts" };

for (const [name, viewport] of [
  ["a phone", PHONE],
  ["a desk", DESK],
] as const) {
  test(`all that the page shows on ${name} keeps to its policy and its own host`, {
    skip: noChromium,
  }, async (t) => {
    const { page, server, shows, input, key, faults } = await openTerminalPage(t, viewport);
    server.open();
    server.open("vim -u NONE -N x");
    await page.goto(`${server.url}/#link=owner`);
    await page.click("[data-session=term-1]");
    await shows(/^\$ /m);
    const colours =
      "printf '\\033[38;2;1;200;3mtrue\\033[48;5;17mcolour\\033[0m \\033[4:3mcurly\\033[0m 漢字 e\\u0301\\n'";
    await input.fill(`${colours}; seq 200; echo fin-$((1 + 1))`);
    await input.press("Enter");
    await shows(/^fin-2/m);
    await page.click("[aria-label=Search]");
    await page.keyboard.type("19");
    await page.waitForSelector(".count:has-text('/')");
    await page.click("[aria-label='Close the search']");
    await page.click(".grid [aria-label='Function keys']");
    await key("F1");
    await page.click("[aria-label=More]");
    await page.click("[aria-label=Larger]");
    await page.click("text=Screen reader: off");
    await page.click("[aria-label=More]");
    await page.click("text=Select text");
    await page.click(".text-view [aria-label=Close]");
    await page.click("[aria-label='All terminals']");
    await page.click("[data-session=term-2]");
    await shows(/^~/m);
    assert.equal(faults.join("\n"), "");
    // The page is watched indeed: what it would forbid is noticed.
    await page.evaluate(
      "document.head.append(Object.assign(document.createElement('style'), { textContent: 'p{}' }))",
    );
    await page.evaluate("fetch('https://example.org/').catch(() => {})");
    for (const fault of ["style-src-elem inline", "connect-src https://example.org/"]) {
      for (let tries = 0; tries < 100 && !faults.includes(fault); tries++) await sleep(20);
      assert.ok(faults.includes(fault), `${fault} in ${faults.join(", ")}`);
    }
  });
}

test("the list shows what runs, as it changes", { skip: noChromium }, async (t) => {
  const { page, server } = await openTerminalPage(t, PHONE);
  server.job = JOB;
  server.open("sh -c 'read -r line; exit 4'");
  await page.goto(`${server.url}/#link=owner`);
  await page.waitForSelector("[data-session=term-1][data-state=running]");
  const job = page.locator(".job");
  assert.match(
    await job.innerText(),
    /Add dark mode\s+2 min · Editing src\/theme\.ts\s+Stop\s+Next:\s+Write the changelog · Ada/,
  );
  await job.locator("text=Stop").click();
  await job.waitFor({ state: "detached" });
  assert.ok(server.requests.includes("POST /v1/job/stop"));
  server.type("term-1", "\n");
  await page.waitForSelector("[data-session=term-1][data-state=ended] >> text=Ended with exit code 4");
  await page.locator("[data-session=term-1]").focus();
  server.open();
  await page.waitForSelector("[data-session=term-2]");
  assert.equal(await page.evaluate("document.activeElement.dataset.session"), "term-1", "the focus stays");
});

test("a press is not lost when the list changes under the finger", { skip: noChromium }, async (t) => {
  const { page, server, shows } = await openTerminalPage(t, DESK);
  server.open();
  await page.goto(`${server.url}/#link=owner`);
  await page.hover("[data-session=term-1]");
  await page.mouse.down();
  server.job = JOB;
  server.open();
  await sleep(300);
  await page.mouse.up();
  await shows(/^\$ /m);
  assert.match(page.url(), /#session=term-1$/);
});

test("a reader's list has nothing to press but the terminals", { skip: noChromium }, async (t) => {
  const { page, server } = await openTerminalPage(t, PHONE);
  server.job = JOB;
  server.open();
  await page.goto(`${server.url}/#link=reader`);
  await page.waitForSelector(".job");
  assert.equal(await page.locator("button").count(), 1);
});

test("what waits for a decision can be decided, and what is over is told", {
  skip: noChromium,
}, async (t) => {
  const { page, server } = await openTerminalPage(t, PHONE);
  const common = { by: "Ada", since: Date.now() - 300_000 };
  server.cases = [
    {
      ...{ id: "j4", title: "Port the parser", ...common },
      ...{ why: "It was cut off: the bridge went down.", how: ["resume", "again", "drop"] },
    },
    {
      ...{ id: "j5", title: "Tidy up", ...common },
      why: "Sent while the bridge was down.",
      how: ["run", "drop"],
    },
  ];
  const endedAt = Date.now() - 120_000;
  server.recent = [
    { id: "j3", title: "Mend the tests", by: "Ada", outcome: "failed", startedAt: endedAt - 41_000, endedAt },
    { id: "j2", title: "Too much", by: "Bob", outcome: "cancelled", startedAt: endedAt - 5_000, endedAt },
  ];
  await page.goto(`${server.url}/#link=owner`);
  const open = page.locator("[data-case=j4]");
  assert.match(
    await open.innerText(),
    /Port the parser\s+It was cut off: the bridge went down\. Ada, 5 min ago\./,
  );
  assert.deepEqual(await open.locator("button").allInnerTexts(), ["Continue", "Run again", "Drop"]);
  await open.locator("text=Continue").click();
  await page.waitForSelector(".toast:has-text('Resumes.')");
  await open.waitFor({ state: "detached" });
  await page.locator("[data-case=j5] >> text=Drop").click();
  await page.locator(".case").waitFor({ state: "detached" });
  assert.deepEqual(server.decided, ["j4 resume", "j5 drop"]);
  assert.match(
    await page.innerText(".recent"),
    /Mend the tests\s+failed in 41 s · Ada · 2 min ago\s+Too much\s+stopped in 5 s · Bob · 2 min ago/,
  );
});

test("each kind of terminal can be opened; Claude only on this machine", { skip: noChromium }, async (t) => {
  const { page, server, shows } = await openTerminalPage(t, PHONE);
  const kinds: [where: string, kind: string, opened: string][] = [
    ["This machine", "Claude without permissions", "host claude --dangerously-skip-permissions"],
    ["This machine", "Claude It asks", "host claude"],
    ["SSH · web", "Shell", "ssh:web"],
    ["Docker · db", "Any command…", "docker:db top -d 1"],
  ];
  for (const [where, kind, opened] of kinds) {
    await page.goto(`${server.url}/?${opened.length}#link=owner`);
    await page.click("text=New terminal");
    await page.click(`.places >> text=${where}`);
    assert.equal(await page.locator(".choice:has-text('Claude')").count(), where === "This machine" ? 2 : 0);
    await page.getByRole("button", { name: kind }).click();
    if (kind === "Any command…") {
      await page.fill("[aria-label='Run a command'] input", "top -d 1");
      await page.keyboard.press("Enter");
    }
    await shows(/^\$ /m);
    assert.equal(server.opened.at(-1), opened);
  }
});

test("a terminal that was lost is reconnected, one that has ended opened again", {
  skip: noChromium,
}, async (t) => {
  const { page, server, attach, shows, input } = await openTerminalPage(t, PHONE);
  await attach(server.open());
  await shows(/^\$ /m);
  await server.lose("term-1");
  await page.waitForSelector(".ended >> text=web is not reached.");
  await page.click("text=Reconnect");
  await page.waitForURL(/#session=term-2$/);
  await shows(/^\$ /m);
  await input.fill("exit 3");
  await input.press("Enter");
  await page.click("text=Open again");
  await page.waitForURL(/#session=term-3$/);
  await page.waitForSelector(".state[hidden]", { state: "attached" });
  assert.deepEqual(server.opened, ["reconnect term-1", "reconnect term-2"]);
  assert.equal(server.hellos.length, 3, "an ended one is not asked for again");
});

test("a terminal is opened, left and closed", { skip: noChromium }, async (t) => {
  const { page, server, shows } = await openTerminalPage(t, PHONE);
  await page.goto(`${server.url}/#link=owner`);
  await page.click("text=New terminal");
  await page.click("text=Shell");
  await shows(/^\$ /m);
  await page.goBack();
  await page.waitForSelector("[data-session=term-1][data-state=running]");
  await page.click("[data-session=term-1]");
  await shows(/^\$ /m);
  await page.click("[aria-label=More]");
  await page.click("text=Close the terminal");
  await page.click("text=End it and close");
  await page.waitForSelector("text=No terminal is open.");
});

test("files go up and come down", { skip: noChromium }, async (t) => {
  const { page, server, attach } = await openTerminalPage(t, PHONE);
  await attach(server.open());
  await page.click("[aria-label=More]");
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.click("text=Upload files…")]);
  await chooser.setFiles([{ name: "a b.txt", mimeType: "text/plain", buffer: Buffer.from("contents") }]);
  await page.waitForSelector("text=Uploaded: a b.txt → /home/ada/uploads");
  assert.equal(server.uploads.get("a b.txt"), "contents");
  await page.click("[aria-label=More]");
  await page.click("text=Download a file…");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page
      .fill("[aria-label='Download a file'] input", "docs/notes.md")
      .then(() => page.keyboard.press("Enter")),
  ]);
  assert.equal(download.suggestedFilename(), "notes.md");
  assert.equal(await readFile(await download.path(), "utf8"), "contents of docs/notes.md");
});

test("search finds what has gone by", { skip: noChromium }, async (t) => {
  const { page, server, attach, shows, input } = await openTerminalPage(t, PHONE);
  await attach(server.open());
  await shows(/^\$ /m);
  await input.fill("echo needle-$((1 + 1)); seq 300; echo fin-$((1 + 1))");
  await input.press("Enter");
  await shows(/^fin-2/m);
  await page.click("[aria-label=Search]");
  await page.keyboard.type("needle-2");
  await shows(/^needle-2/m);
  assert.equal(await page.innerText(".count"), "1/1");
  await page.fill("[aria-label='Search in the terminal']", "nothing like it");
  await page.waitForSelector(".count:has-text('none')");
  await page.keyboard.press("Escape");
  assert.equal(await page.locator(".search").isVisible(), false);
});

test("Telegram's colours and messages are followed", { skip: noChromium }, async (t) => {
  const { page, server, attach, shows } = await openTerminalPage(t, PHONE);
  await page.addInitScript(
    "window.told = []; window.TelegramWebviewProxy = { postEvent: (type, data) => told.push(type + ' ' + data) }",
  );
  await attach(server.open(), "owner", {
    bg_color: "#fdf6e3",
    text_color: "#073642",
    button_color: "#b58900",
  });
  await shows(/^\$ /m);
  const colour = (of: string, property: string): Promise<unknown> =>
    page.evaluate(`getComputedStyle(document.querySelector('${of}')).${property}`);
  assert.equal(await colour("html", "backgroundColor"), "rgb(253, 246, 227)");
  assert.equal(await colour(".xterm-rows", "color"), "rgb(7, 54, 66)");
  assert.equal(await page.getAttribute("html", "data-theme"), "light");
  await page.evaluate(
    "Telegram.WebView.receiveEvent('theme_changed', { theme_params: { bg_color: '#101820', text_color: '#eeeeee' } })",
  );
  assert.equal(await colour("html", "backgroundColor"), "rgb(16, 24, 32)");
  assert.equal(await colour(".xterm-rows", "color"), "rgb(238, 238, 238)");
  assert.equal(await page.getAttribute("html", "data-theme"), "dark");
  const told = (await page.evaluate("told")) as string[];
  for (const event of [
    "web_app_ready {}",
    "web_app_expand {}",
    'web_app_setup_swipe_behavior {"allow_vertical_swipe":false}',
    'web_app_setup_back_button {"is_visible":true}',
    'web_app_set_header_color {"color":"#101820"}',
  ])
    assert.ok(told.includes(event), event);
  await page.evaluate("Telegram.WebView.receiveEvent('back_button_pressed')");
  await page.waitForSelector("[data-session=term-1]");
});

test("everything that can be pressed has a name for screen readers, and room for a thumb", {
  skip: noChromium,
}, async (t) => {
  const { page, server, attach } = await openTerminalPage(t, PHONE);
  await attach(server.open());
  const buttons = await page.locator("button:visible, textarea:visible").all();
  assert.ok(buttons.length > 20);
  for (const pressed of buttons) {
    const box = await pressed.boundingBox();
    const name = (await pressed.getAttribute("aria-label")) ?? "";
    const helper = ((await pressed.getAttribute("class")) ?? "").includes("xterm-helper");
    assert.notEqual(name, "");
    if (!helper)
      assert.ok(
        box !== null && box.width >= 36 && box.height >= 36,
        `${name} is ${box?.width} × ${box?.height}`,
      );
    assert.ok(helper || (box !== null && box.x >= 0 && box.x + box.width <= PHONE.width), name);
  }
});
