import assert from "node:assert/strict";
import { test } from "node:test";
import { plain, type RichText } from "../../src/text/entities.ts";
import { markdown } from "../../src/text/markdown.ts";
import { split } from "../../src/text/split.ts";
import { notation } from "./notation.ts";

function splitsTo(name: string, source: RichText | string, length: number, parts: readonly string[]): void {
  test(name, () => {
    const rich = typeof source === "string" ? plain(source) : source;
    assert.deepEqual(split(rich, { length }).map(notation), parts);
  });
}

splitsTo("what fits stays in one part", "one\n\ntwo", 8, ["one\n\ntwo"]);
splitsTo("nothing gives no part", "", 10, []);
splitsTo("only white space gives no part", " \n\n\t ", 3, []);
splitsTo("only invisible characters give no part", "\u200b\u2800\n\u200b", 10, []);

splitsTo("at a blank line first", "aaa bbb\n\nccc\nddd eee", 14, ["aaa bbb", "ccc\nddd eee"]);
splitsTo("then at a line end", "aaa. bbb\nccc ddd. eee", 16, ["aaa. bbb", "ccc ddd. eee"]);
splitsTo("then after a sentence", "aaa. bbb. ccc ddd", 14, ["aaa. bbb.", "ccc ddd"]);
splitsTo("then at a space", "aaa bbb ccc ddd", 13, ["aaa bbb ccc", "ddd"]);
splitsTo("then anywhere", "aaaaaaaaaaaaa", 5, ["aaaaa", "aaaaa", "aaa"]);
splitsTo("not so early that a part is less than half full", "a\n\nbbbbbbb ccc ddd", 15, [
  "a\n\nbbbbbbb ccc",
  "ddd",
]);
splitsTo("after a full stop without a space in Chinese", "这是一句话。这是第二句话", 10, [
  "这是一句话。",
  "这是第二句话",
]);
splitsTo("white space at a border goes", "aaaa  \n \n\n   bbbb", 6, ["aaaa", "bbbb"]);

splitsTo("failure 5: no surrogate pair is broken", "😀😀😀😀", 5, ["😀😀", "😀😀"]);
splitsTo("failure 5: no character of several code points is broken", "👩‍👩‍👧👩‍👩‍👧e\u0301e\u0301", 13, [
  "👩‍👩‍👧",
  "👩‍👩‍👧e\u0301e\u0301",
]);
splitsTo("failure 5: but one that is too long is, between its code points", "a👩‍👩‍👧", 5, [
  "a",
  "👩‍👩",
  "‍👧",
]);
splitsTo("failure 5: Korean comes through whole", "한글".repeat(6), 5, ["한글한글한", "글한글한글", "한글"]);

splitsTo("entities go on in the next part", markdown("**aaa bbb *ccc ddd***"), 8, [
  "⟦b:aaa bbb⟧",
  "⟦b:⟦i:ccc ddd⟧⟧",
]);
splitsTo("links keep their target", markdown("[aaa bbb](https://x.y)"), 4, [
  "⟦link(https://x.y):aaa⟧",
  "⟦link(https://x.y):bbb⟧",
]);
splitsTo(
  "failure 4: code goes on as code of its language",
  markdown("```js\naaaa\n  bbbb\n\n  cccc\n```\n**d**"),
  12,
  ["⟦pre js:aaaa\n  bbbb\n⟧", "⟦pre js:  cccc⟧\n⟦b:d⟧"],
);
splitsTo(
  "code is kept whole when the part before it is half full",
  markdown("aaaa bbbb\n```\ncc\ndd\n```"),
  13,
  ["aaaa bbbb", "⟦pre:cc\ndd⟧"],
);
splitsTo(
  "code is broken when it would leave the part too empty",
  markdown("a\n```\nbbbb\ncccc\ndddd\n```"),
  13,
  ["a\n⟦pre:bbbb\ncccc⟧", "⟦pre:dddd⟧"],
);
splitsTo("code at the start keeps its indentation", markdown("aaaa\n```\n    b\n```"), 6, [
  "aaaa",
  "⟦pre:    b⟧",
]);

test("failure 4: a long answer is neither truncated nor out of order", () => {
  const lines = Array.from({ length: 2000 }, (_, index) => `line ${index} **bold** and \`code\``);
  const parts = split(markdown(lines.join("\n")));
  assert.ok(parts.length > 10);
  assert.ok(parts.every(({ text, entities }) => text.length <= 4096 && entities.length <= 90));
  const numbers = parts.flatMap(({ text }) =>
    [...text.matchAll(/^line (\d+)/gm)].map(([, number]) => Number(number)),
  );
  assert.deepEqual(numbers, Array.from(lines.keys()));
});

test("a part has no more entities than Telegram takes, and ends at a line all the same", () => {
  const rich = markdown(
    Array.from({ length: 100 }, (_, index) => `- \`${index}\` and **${index}**`).join("\n"),
  );
  const parts = split(rich, { entities: 21 });
  assert.deepEqual(
    parts.map(({ entities }) => entities.length),
    [...Array(10).fill(20)],
  );
  assert.ok(parts.every(({ text }) => text.startsWith("• ")));
});

test("more entities at one place than may be in a part: the inner ones are left out", () => {
  const rich = markdown("***~~[aaa](https://x.y)~~*** b");
  assert.deepEqual(split(rich, { entities: 2 }).map(notation), ["⟦i:⟦b:aaa⟧⟧ b"]);
});
