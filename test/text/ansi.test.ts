import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ansi } from "../../src/text/ansi.ts";
import { plain, styled } from "../../src/text/entities.ts";
import { markdown } from "../../src/text/markdown.ts";
import { displayWidth } from "../../src/text/width.ts";
import { soup } from "./arbitraries.ts";

const painted = (source: string, columns = 80) => ansi(markdown(source), { columns, colors: true });
const bare = (source: string, columns = 80) => ansi(markdown(source), { columns, colors: false });

test("each style has its code and is closed in its line", () => {
  assert.deepEqual(painted("**b** *i* ~~s~~ `c`"), [
    "\x1b[1mb\x1b[0m \x1b[3mi\x1b[0m \x1b[9ms\x1b[0m \x1b[36mc\x1b[0m",
  ]);
  assert.deepEqual(painted("# h"), ["\x1b[1;4mh\x1b[0m"]);
  assert.deepEqual(painted("**a\nb**"), ["\x1b[1ma\x1b[0m", "\x1b[1mb\x1b[0m"]);
});

test("links are hyperlinks, or have their address after them", () => {
  const link = "see [a](https://b.c/d) now";
  assert.deepEqual(painted(link), ["see \x1b]8;;https://b.c/d\x1b\\a\x1b]8;;\x1b\\ now"]);
  assert.deepEqual(bare(link), ["see a (https://b.c/d) now"]);
  assert.deepEqual(bare("<https://b.c>"), ["https://b.c"]);
});

test("quotes have a bar, code an indentation", () => {
  assert.deepEqual(painted("> a\n>\n> b"), ["\x1b[2m│\x1b[0m a", "\x1b[2m│\x1b[0m ", "\x1b[2m│\x1b[0m b"]);
  assert.deepEqual(painted("a\n```\nb\n  c\n\nd\n```\ne"), ["a", "  b", "    c", "  ", "  d", "e"]);
  assert.deepEqual(bare("> ```\n> b\n> ```"), ["│   b"]);
});

test("words are wrapped, below the text of a list item", () => {
  assert.deepEqual(bare("aaa bbb ccc ddd", 8), ["aaa bbb", "ccc ddd"]);
  assert.deepEqual(bare("- aaa bbb ccc\n  - ddd eee", 9), ["• aaa bbb", "  ccc", "  ◦ ddd", "    eee"]);
  assert.deepEqual(bare("12. aaa bbb", 9), ["12. aaa", "    bbb"]);
  assert.deepEqual(bare("> aaa bbb", 6), ["│ aaa", "│ bbb"]);
  assert.deepEqual(bare("aaaaaaaaa b", 4), ["aaaa", "aaaa", "a b"]);
  assert.deepEqual(bare("语言语言语言 a", 5), ["语言", "语言", "语言", "a"]);
  assert.deepEqual(painted("**aaa bbb**", 4), ["\x1b[1maaa\x1b[0m", "\x1b[1mbbb\x1b[0m"]);
});

test("code is cut at the width, and keeps its spaces", () => {
  assert.deepEqual(bare("```\nlet  aaa = bbb\n```", 10), ["  let  aaa", "   = bbb"]);
});

test("nothing that a terminal acts upon gets through", () => {
  const dangerous =
    "\x1b[2J\x1b]0;title\x07a\x1b]52;c;eA==\x1b\\b\x9b31mc\x1bPq\x1b\\d\re\x08\u202ef\tg\x00\x7f\x1b";
  for (const colors of [true, false]) {
    assert.deepEqual(ansi(plain(dangerous), { columns: 80, colors }), ["abcdef g"]);
  }
  const link = styled("text_link", "a", { url: "https://x.y/\x1b]0;t\x07\u00e9" });
  assert.deepEqual(ansi(link, { columns: 80, colors: true }), [
    "\x1b]8;;https://x.y/%1B]0;t%07%C3%A9\x1b\\a\x1b]8;;\x1b\\",
  ]);
  assert.deepEqual(ansi(link, { columns: 80, colors: false }), ["a (https://x.y/é)"]);
});

test("styles stay where they are when controls are taken out of the text", () => {
  const rich = { text: "\x1b[1mab", entities: [{ type: "bold" as const, offset: 5, length: 1 }] };
  assert.deepEqual(ansi(rich, { columns: 80, colors: true }), ["a\x1b[1mb\x1b[0m"]);
});

test("nothing gives no line", () => {
  assert.deepEqual(ansi(plain(""), { columns: 80, colors: true }), []);
});

test("whatever the text: only our own sequences, closed in each line, and no line too long", () => {
  const text = fc.oneof(
    soup,
    fc.string({ unit: "binary" }),
    soup.map((source) => markdown(source)),
  );
  fc.assert(
    fc.property(text, fc.integer({ min: 8, max: 60 }), (source, columns) => {
      const rich = typeof source === "string" ? plain(source) : source;
      for (const line of ansi(rich, { columns, colors: true })) {
        const shown = line.replace(/\x1b\[[\d;]+m|\x1b\]8;;[\x21-\x7e]*\x1b\\/g, "");
        assert.doesNotMatch(shown, /[\0-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
        assert.ok(displayWidth(shown) <= columns);
        assert.equal(line.match(/\x1b\[[1-9]/g)?.length, line.match(/\x1b\[0m/g)?.length);
      }
    }),
    { numRuns: 2000 },
  );
});
