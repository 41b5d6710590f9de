import assert from "node:assert/strict";
import { test } from "node:test";
import { drawScreen } from "../../../src/terminal/picture/draw-screen.ts";
import { draw, look, terminalWith } from "./seen.ts";

const BACKGROUND = 0x16181d;
const FOREGROUND = 0xd8dbe2;

test("the picture has 16 by 32 pixels for each cell and 16 around them", async () => {
  const picture = await draw("", { columns: 80, rows: 24 });
  assert.deepEqual([picture.width, picture.height], [1312, 800]);
  const corners = [picture.at(0, 0), picture.at(1311, 0), picture.at(0, 799), picture.at(1311, 799)];
  assert.deepEqual(corners, [BACKGROUND, BACKGROUND, BACKGROUND, BACKGROUND]);
});

test("a letter has its shape and its colour where it stands", async () => {
  const picture = await draw("\r\n  A");
  const blank = "................";
  const legs = "..##........##..";
  assert.deepEqual(picture.shape(2, 1), [
    ...Array<string>(6).fill(blank),
    "....########....",
    "...##########...",
    "..###......###..",
    ...Array<string>(7).fill(legs),
    "..############..",
    "..############..",
    ...Array<string>(8).fill(legs),
    ...Array<string>(6).fill(blank),
  ]);
  assert.deepEqual(picture.colours(2, 1), [BACKGROUND, FOREGROUND]);
  assert.deepEqual(picture.colours(1, 1), [BACKGROUND]);
});

const COLOURS: readonly [what: string, sgr: string, background: number, foreground: number][] = [
  ["none", "0", BACKGROUND, FOREGROUND],
  ["one of eight", "31;44", 0x2e7fd6, 0xcd3131],
  ["one of the bright eight", "92;103", 0xf5f543, 0x23d18b],
  ["the cube of 256", "38;5;16;48;5;196", 0xff0000, 0x000000],
  ["the cube of 256, in the middle", "38;5;67;48;5;110", 0x87afd7, 0x5f87af],
  ["the greys of 256", "38;5;232;48;5;255", 0xeeeeee, 0x080808],
  ["true colours", "38;2;1;2;3;48;2;250;128;0", 0xfa8000, 0x010203],
  ["bold is brighter", "1;31", BACKGROUND, 0xf14c4c],
  ["bold leaves other colours", "1;38;5;67", BACKGROUND, 0x5f87af],
  ["dim is half way", "2;38;2;254;254;254;48;2;0;0;0", 0x000000, 0x7f7f7f],
  ["inverse", "7", FOREGROUND, BACKGROUND],
  ["inverse of colours", "7;31;44", 0xcd3131, 0x2e7fd6],
];
for (const [what, sgr, background, foreground] of COLOURS) {
  test(`colours: ${what}`, async () => {
    const picture = await draw(`\x1b[${sgr}mA`);
    assert.deepEqual(picture.colours(0, 0), [background, foreground]);
  });
}

test("what is invisible is not to be seen", async () => {
  assert.deepEqual((await draw("\x1b[8mA")).colours(0, 0), [BACKGROUND]);
});

test("bold letters have wider strokes, italic ones lean", async () => {
  const picture = await draw("l\x1b[1ml\x1b[0;3ml\x1b[0m✻\x1b[1m✻");
  const pixels = (column: number): number => picture.shape(column, 0).join("").replaceAll(".", "").length;
  assert.ok(pixels(1) > pixels(0), "of the font's own bold");
  assert.ok(pixels(4) > pixels(3), "where the font has none");
  const middleOf = (column: number, row: number): number => {
    const line = picture.shape(column, 0)[row] ?? "";
    return (line.indexOf("#") + line.lastIndexOf("#")) / 2;
  };
  assert.equal(middleOf(0, 12), middleOf(0, 20));
  assert.ok(middleOf(2, 12) > middleOf(2, 20));
});

/** Which of the cell's rows have pixels, and how many each. */
const LINES: readonly [what: string, sgr: string, rows: Record<number, number>][] = [
  ["underlined", "4", { 28: 16, 29: 16 }],
  ["doubly underlined", "21", { 26: 16, 27: 16, 30: 16, 31: 16 }],
  ["dotted", "4:4", { 28: 8, 29: 8 }],
  ["dashed", "4:5", { 28: 10, 29: 10 }],
  ["curly", "4:3", { 26: 2, 27: 6, 28: 8, 29: 8, 30: 6, 31: 2 }],
  ["struck", "9", { 16: 16, 17: 16 }],
  ["overlined", "53", { 0: 16, 1: 16 }],
];
for (const [what, sgr, rows] of LINES) {
  test(`lines: ${what}`, async () => {
    const picture = await draw(`\x1b[${sgr}m `);
    const counts = picture.shape(0, 0).map((row) => row.replaceAll(".", "").length);
    assert.deepEqual(Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)), rows);
  });
}

test("a line under a word can have a colour of its own", async () => {
  const picture = await draw("\x1b[4;58;2;9;8;7m ");
  assert.equal(picture.at(16, 16 + 28), 0x090807);
  assert.equal((await draw("\x1b[4;58;5;196m ")).at(16, 16 + 28), 0xff0000);
});

const CURSORS: readonly [what: string, text: string, rectangle: readonly number[] | undefined][] = [
  ["a block", "ab\r", [0, 0, 16, 32]],
  ["a line below", "\x1b[4 qab", [32, 28, 48, 32]],
  ["a bar", "\x1b[6 qab", [32, 0, 35, 32]],
  ["hidden", "\x1b[?25lab", undefined],
  ["waiting after the last cell", "\x1b[4 q12345678901234567890", [19 * 16, 28, 320, 32]],
  ["on the second half of a wide character", "カ\x1b[D", [0, 0, 32, 32]],
];
for (const [what, text, rectangle] of CURSORS) {
  test(`cursor: ${what}`, async () => {
    const drawn = look(drawScreen(await terminalWith(text)));
    const without = look(drawScreen(await terminalWith(`${text}\x1b[?25l`)));
    const [xs, ys] = [new Set<number>(), new Set<number>()];
    for (let y = 0; y < drawn.height; y++) {
      for (let x = 0; x < drawn.width; x++) {
        if (drawn.at(x, y) === without.at(x, y)) continue;
        xs.add(x - 16);
        ys.add(y - 16);
      }
    }
    const box =
      xs.size === 0
        ? undefined
        : [Math.min(...xs), Math.min(...ys), Math.max(...xs) + 1, Math.max(...ys) + 1];
    assert.deepEqual(box, rectangle);
  });
}

test("the character under a block can be read, whatever its colours", async () => {
  for (const sgr of ["0", "31;43", "7", "38;5;16;48;5;16"]) {
    const drawn = look(drawScreen(await terminalWith(`\x1b[${sgr}mA\r`)));
    const expected = sgr === "7" ? [BACKGROUND, FOREGROUND] : [FOREGROUND, BACKGROUND];
    assert.deepEqual(drawn.colours(0, 0), expected, sgr);
    assert.deepEqual(drawn.shape(0, 0), (await draw("A")).shape(0, 0), sgr);
  }
});

test("the screen is drawn, not what was scrolled out of it", async () => {
  const scrolled = await draw(Array.from({ length: 9 }, (_, line) => `${line}`).join("\r\n"));
  const digits = await draw("5\r\n6\r\n7\r\n8");
  for (const row of [0, 1, 2, 3]) assert.deepEqual(scrolled.shape(0, row), digits.shape(0, row));
});

test("up to 256 colours make a palette, more make true colours", async () => {
  const cells = (count: number): string =>
    Array.from({ length: count }, (_, index) => `\x1b[48;2;${index >> 4};${index & 15};99m `).join("");
  const size = { columns: 64, rows: 5 };
  // Two more are the background and the foreground of everything else.
  const [palette, truecolour] = [await draw(cells(254), size), await draw(cells(255), size)];
  assert.deepEqual([palette.isIndexed, truecolour.isIndexed], [true, false]);
  for (const picture of [palette, truecolour]) {
    for (const index of [0, 1, 100, 253])
      assert.equal(
        picture.background(index % 64, index >> 6),
        ((index >> 4) << 16) | ((index & 15) << 8) | 99,
      );
    assert.equal(picture.background(63, 4), BACKGROUND);
  }
});
