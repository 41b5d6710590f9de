import assert from "node:assert/strict";
import { test } from "node:test";
import { displayWidth } from "../../src/text/width.ts";

const WIDTHS: [string, number][] = [
  ["", 0],
  ["plain ASCII", 11],
  ["é", 1],
  ["e\u0301", 1],
  ["语言", 4],
  ["한글", 4],
  ["\u1112\u1161\u11ab", 2],
  ["ｆｕｌｌ", 8],
  ["ﾊﾝｶｸ", 4],
  ["「」、。", 8],
  ["─│█▏•◦☐☑", 8],
  ["👍", 2],
  ["👍🏽", 2],
  ["👩‍👩‍👧", 2],
  ["🇩🇪🇰🇷", 4],
  ["❤️", 2],
  ["❤", 1],
  ["1️⃣", 2],
  ["✅⚡", 4],
  ["🖼", 1],
  ["שלום", 4],
  ["หนี้", 2],
  ["a\u200bb\u200d\ufeff", 2],
  ["\x1b\0\x07", 0],
  ["𠀀", 2],
];

test("text is measured in terminal columns", () => {
  for (const [text, width] of WIDTHS) assert.equal(displayWidth(text), width, JSON.stringify(text));
});
