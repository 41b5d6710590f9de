import assert from "node:assert/strict";
import { test } from "node:test";
import { ansi } from "../../src/text/ansi.ts";
import { markdown } from "../../src/text/markdown.ts";
import { split } from "../../src/text/split.ts";

const SIZE = 1_000_000;

/** A megabyte of what makes parsers go back and forth. Linear they take well under a second each. */
const HOSTILE: Record<string, string> = {
  stars: fill("*"),
  "stars with words": fill("**a *b "),
  "openers that are never closed": fill("_a "),
  "openers within openers": fill("*a _b "),
  "closers that find nothing": fill("a* b_ "),
  "stars within words": fill("a**b"),
  brackets: fill("["),
  "links that are never closed": fill("[a](b"),
  "titles that are never closed": fill('[a](b "'),
  "images within images": `${"![".repeat(SIZE / 6)}a${"](x)".repeat(SIZE / 6)}`,
  "backticks of rising lengths": Array.from({ length: 1400 }, (_, length) => "`".repeat(length)).join(" "),
  "quotes in quotes": fill("> "),
  "lists in lists": fill("- "),
  "lists ever deeper": Array.from({ length: 1400 }, (_, depth) => `${" ".repeat(depth)}- a`).join("\n"),
  "lazy lines": `> a\n${fill("b\n")}`,
  "angle brackets": fill("<a "),
  ampersands: fill("&#1"),
  underscores: fill("__a"),
  "spaces in a line": `# a${fill(" ")}#b`,
  "spaces in code": `\`${fill(" a ")}\``,
  bars: fill("|"),
  "a table of many rows": `|a|b|\n|-|-|\n${fill("| x | y |\n")}`,
  "a table with a huge cell": `|a|b|\n|-|-|\n|${fill("x").slice(SIZE / 2)}|\n${fill("|y|\n").slice(SIZE / 2)}`,
  "many entities": fill("`a` **b** "),
  "empty fences": fill("```\n"),
  tabs: fill("a\t"),
};

for (const [name, source] of Object.entries(HOSTILE)) {
  test(`a megabyte of ${name} takes linear time`, () => {
    const start = performance.now();
    split(markdown(source));
    markdown(source.slice(0, SIZE / 4), { growing: true });
    const took = performance.now() - start;
    assert.ok(took < 5000, `quadratic time would be minutes, and this took ${took} ms`);
  });
}

test("a terminal shows a megabyte in linear time", () => {
  const start = performance.now();
  const lines = ansi(markdown(fill("**word** `code` and more\n")), { columns: 40, colors: true });
  assert.ok(lines.length > 10_000);
  assert.ok(performance.now() - start < 20_000);
});

function fill(piece: string): string {
  return piece.repeat(Math.ceil(SIZE / piece.length));
}
