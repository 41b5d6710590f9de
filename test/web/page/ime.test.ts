import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { noChromium, PHONE } from "../../fakes/chromium.ts";
import { openTerminalPage } from "../../fakes/terminal-page.ts";

const RAW = "sh -c 'stty raw -echo; printf ready; cat'";

/** An input method at work: each step is what it shows underlined; the last is what it settles on. */
async function composing(t: TestContext, mode: "line" | "keys") {
  const opened = await openTerminalPage(t, PHONE);
  const { attach, page, input, server, browser, shows } = opened;
  await attach(server.open(RAW));
  await shows(/ready/);
  if (mode === "keys") await page.click("[aria-label='Send each key at once']");
  await input.focus();
  const devtools = await browser.newCDPSession(page);
  return {
    ...opened,
    async compose(steps: readonly string[], settled?: string): Promise<void> {
      for (const text of steps)
        await devtools.send("Input.imeSetComposition", {
          text,
          selectionStart: text.length,
          selectionEnd: text.length,
        });
      if (settled !== undefined) await devtools.send("Input.insertText", { text: settled });
    },
    /** Enter that goes to the input method, not to the page. */
    async enterWhileComposing(): Promise<void> {
      const key = { key: "Enter", code: "Enter", windowsVirtualKeyCode: 229 };
      await devtools.send("Input.dispatchKeyEvent", { type: "rawKeyDown", ...key });
      await devtools.send("Input.dispatchKeyEvent", { type: "keyUp", ...key });
    },
    typed: () => server.input("term-1"),
  };
}

for (const [name, words, text] of [
  [
    "Korean",
    [
      [["ㅎ", "하", "한"], "한"],
      [["ㄱ", "그", "글"], "글"],
    ],
    "한글",
  ],
  ["Japanese", [[["ｋ", "か", "かｎ", "かん", "漢"], "漢"]], "漢"],
  ["Chinese", [[["ni", "ni hao"], "你好"]], "你好"],
] as const) {
  test(`${name} in a line goes out whole, and by Enter alone`, { skip: noChromium }, async (t) => {
    const { compose, enterWhileComposing, input, typed, page, shows } = await composing(t, "line");
    for (const [steps, settled] of words) {
      await compose(steps, settled);
      await enterWhileComposing();
    }
    assert.equal(await input.inputValue(), text);
    assert.equal(typed(), "");
    await page.keyboard.press("Enter");
    await shows(new RegExp(text));
    assert.equal(typed(), `${text}\r`);
    assert.equal(await input.inputValue(), "");
  });
}

for (const [name, words, text] of [
  [
    "Korean syllables go out when they are done",
    [
      [["ㅎ", "하", "한"], "한"],
      [["ㄱ", "그", "글"], "글"],
    ],
    "한글",
  ],
  ["Japanese goes out when it is converted", [[["ｋ", "か", "かん", "漢"], "漢"]], "漢"],
  ["Latin words that a phone composes go out letter by letter", [[["y", "ye", "yes"], "yes"]], "yes"],
  ["what the phone corrects is corrected", [[["t", "te", "teh"], "the "]], "teh\x7f\x7fhe "],
  [
    "Pinyin waits, once it has been seen",
    [
      [["n", "ni"], "你"],
      [["h", "hao"], "好"],
    ],
    "ni\x7f\x7f你好",
  ],
] as const) {
  test(`key by key: ${name}`, { skip: noChromium }, async (t) => {
    const { compose, typed, page } = await composing(t, "keys");
    for (const [steps, settled] of words) await compose(steps, settled);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Backspace");
    await settles(typed, `${text}\r\x7f`);
  });
}

test("Ctrl goes with the first letter that a phone composes", { skip: noChromium }, async (t) => {
  const { compose, typed, key, input } = await composing(t, "line");
  await key("Control");
  await compose(["c"]);
  await settles(typed, "\x03");
  assert.equal(await input.inputValue(), "");
});

async function settles(typed: () => string, expected: string): Promise<void> {
  for (let tries = 0; tries < 60 && typed() !== expected; tries++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(typed(), expected);
}
