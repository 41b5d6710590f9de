import assert from "node:assert/strict";
import { test } from "node:test";
import { isDark, parseColours } from "../../../src/web/page/colours.ts";
import { replaced } from "../../../src/web/page/replaced.ts";
import { createSticky } from "../../../src/web/page/sticky.ts";
import { ago, endedWords, placeWords } from "../../../src/web/page/words.ts";

test("Ctrl is held for one key, by a second tap until the third", () => {
  const told: string[] = [];
  const sticky = createSticky((name, state) => void told.push(`${name} ${state}`));
  sticky.tap("ctrl");
  assert.deepEqual(sticky.take(), { ctrl: true, alt: false });
  assert.equal(sticky.active, false);
  sticky.tap("ctrl");
  sticky.tap("ctrl");
  sticky.tap("alt");
  assert.deepEqual(sticky.take(), { ctrl: true, alt: true });
  assert.deepEqual(sticky.take(), { ctrl: true, alt: false });
  sticky.tap("ctrl");
  assert.equal(sticky.active, false);
  assert.deepEqual(told, [
    "ctrl once",
    "ctrl off",
    "ctrl once",
    "ctrl locked",
    "alt once",
    "alt off",
    "ctrl off",
  ]);
});

for (const [old, next, keys] of [
  ["", "a", "a"],
  ["hel", "hell", "l"],
  ["teh", "the", "\x7f\x7fhe"],
  ["ni", "你", "\x7f\x7f你"],
  ["😀a", "😀", "\x7f"],
  ["same", "same", ""],
] as const) {
  test(`the keys that make ${JSON.stringify(next)} of ${JSON.stringify(old)}`, () => {
    assert.equal(replaced(old, next), keys);
  });
}

test("only colours get into the style sheet", () => {
  assert.deepEqual(parseColours('{"bg_color":"#17212b","text_color":"url(https://x)","hint_color":1}'), {
    bg_color: "#17212b",
  });
  for (const bad of [undefined, "", "null", "[", "7"]) assert.deepEqual(parseColours(bad), {});
  assert.equal(isDark("#17212b"), true);
  assert.equal(isDark("#ffffff"), false);
});

test("words for people", () => {
  const now = 1_000_000_000;
  assert.deepEqual(
    [0, 9, 10, 59, 60, 3600, 90_000].map((seconds) => ago(now - seconds * 1000, now)),
    ["now", "now", "10 s ago", "59 s ago", "1 min ago", "1 h ago", "1 d ago"],
  );
  assert.equal(endedWords({ code: 3, reason: null, lost: false }), "Ended with exit code 3");
  assert.equal(
    endedWords({ code: null, reason: "the server went away", lost: true }),
    "the server went away",
  );
  assert.deepEqual(["host", "ssh:web", "docker:a:b", "docker"].map(placeWords), [
    "This machine",
    "SSH · web",
    "Docker · a:b",
    "Docker · a new one",
  ]);
});
