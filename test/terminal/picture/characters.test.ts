import assert from "node:assert/strict";
import { test } from "node:test";
import { characterGlyph } from "../../../src/terminal/picture/character.ts";
import { draw } from "./seen.ts";

/** The rows or columns at a cell's edge that a line of a weight takes. */
const EDGES = {
  light: { side: [15, 16], end: [7, 8] },
  heavy: { side: [14, 15, 16, 17], end: [6, 7, 8, 9] },
  double: { side: [13, 14, 17, 18], end: [5, 6, 9, 10] },
  none: { side: [], end: [] },
};

type Weight = keyof typeof EDGES;

/** By hand from the names in Unicode's table: all characters with an arm of that weight in that direction. */
const ARMS: Record<"up" | "right" | "down" | "left", Partial<Record<Weight, string>>> = {
  up: {
    light: "│└┕┘┙├┝┟┢┤┥┧┪┴┵┶┷┼┽┾┿╁╅╆╈╘╛╞╡╧╪╯╰╵╽",
    heavy: "┃┖┗┚┛┞┠┡┣┦┨┩┫┸┹┺┻╀╂╃╄╇╉╊╋╹╿",
    double: "║╙╚╜╝╟╠╢╣╨╩╫╬",
    none: "─━┌┍┎┏┐┑┒┓┬┭┮┯┰┱┲┳═╒╓╔╕╖╗╤╥╦╭╮╴╶╷╸╺╻╼╾",
  },
  right: {
    light: "─┌┎└┖├┞┟┠┬┭┰┱┴┵┸┹┼┽╀╁╂╃╅╉╓╙╟╥╨╫╭╰╶╾",
    heavy: "━┍┏┕┗┝┡┢┣┮┯┲┳┶┷┺┻┾┿╄╆╇╈╊╋╺╼",
    double: "═╒╔╘╚╞╠╤╦╧╩╪╬",
    none: "│┃┐┑┒┓┘┙┚┛┤┥┦┧┨┩┪┫║╕╖╗╛╜╝╡╢╣╮╯╴╵╷╸╹╻╽╿",
  },
  down: {
    light: "│┌┍┐┑├┝┞┡┤┥┦┩┬┭┮┯┼┽┾┿╀╃╄╇╒╕╞╡╤╪╭╮╷╿",
    heavy: "┃┎┏┒┓┟┠┢┣┧┨┪┫┰┱┲┳╁╂╅╆╈╉╊╋╻╽",
    double: "║╓╔╖╗╟╠╢╣╥╦╫╬",
    none: "─━└┕┖┗┘┙┚┛┴┵┶┷┸┹┺┻═╘╙╚╛╜╝╧╨╩╯╰╴╵╶╸╹╺╼╾",
  },
  left: {
    light: "─┐┒┘┚┤┦┧┨┬┮┰┲┴┶┸┺┼┾╀╁╂╄╆╊╖╜╢╥╨╫╮╯╴╼",
    heavy: "━┑┓┙┛┥┩┪┫┭┯┱┳┵┷┹┻┽┿╃╅╇╈╉╋╸╾",
    double: "═╕╗╛╝╡╣╤╦╧╩╪╬",
    none: "│┃┌┍┎┏└┕┖┗├┝┞┟┠┡┢┣║╒╓╔╘╙╚╞╟╠╭╰╵╶╷╹╺╻╽╿",
  },
};

for (const [direction, byWeight] of Object.entries(ARMS)) {
  for (const [weight, characters] of Object.entries(byWeight) as [Weight, string][]) {
    test(`lines with ${weight} arms go on in the next cell: ${direction}`, async () => {
      const picture = await draw(characters, { columns: 50, rows: 2 });
      for (const [column, character] of [...characters].entries()) {
        const shape = picture.shape(column, 0);
        const edge = {
          up: shape.at(0) ?? "",
          down: shape.at(-1) ?? "",
          left: shape.map((row) => row.at(0)).join(""),
          right: shape.map((row) => row.at(-1)).join(""),
        }[direction as keyof typeof ARMS];
        const set = [...edge].flatMap((pixel, index) => (pixel === "#" ? [index] : []));
        const expected = EDGES[weight][direction === "up" || direction === "down" ? "end" : "side"];
        assert.deepEqual(set, expected, character);
      }
    });
  }
}

test("a box is one line without a gap", async () => {
  for (const [top, middle, bottom] of [
    ["┌──┐", "│  │", "└──┘"],
    ["╭──╮", "│  │", "╰──╯"],
    ["┏━━┓", "┃  ┃", "┗━━┛"],
  ]) {
    const picture = await draw([top, middle, bottom].join("\r\n"));
    const reached = new Set<string>();
    const isLine = (x: number, y: number): boolean => picture.at(x, y) !== picture.at(0, 0);
    const queue: [number, number][] = [[16 + 31, 16 + 15]];
    for (let next = queue.pop(); next; next = queue.pop()) {
      const [x, y] = next;
      if (!isLine(x, y) || reached.has(`${x} ${y}`)) continue;
      reached.add(`${x} ${y}`);
      queue.push([x + 1, y], [x - 1, y], [x, y + 1], [x, y - 1]);
    }
    const all = [0, 1, 2].flatMap((row) => picture.shape(0, row, 4).join("").match(/#/g) ?? []);
    assert.equal(reached.size, all.length, top);
    // From inside one cannot get out.
    const inside = new Set<string>();
    const flood: [number, number][] = [[16 + 32, 16 + 48]];
    for (let next = flood.pop(); next; next = flood.pop()) {
      const [x, y] = next;
      if (isLine(x, y) || inside.has(`${x} ${y}`)) continue;
      assert.ok(x > 0 && y > 0, `${top} is open`);
      inside.add(`${x} ${y}`);
      flood.push([x + 1, y], [x - 1, y], [x, y + 1], [x, y - 1]);
    }
  }
});

test("double lines keep what is between them open", async () => {
  const picture = await draw("╬╔╤╒╟╥");
  const row = (column: number, y: number): string => picture.shape(column, 0)[y] ?? "";
  assert.equal(row(0, 13), "#######..#######");
  assert.equal(row(0, 15), "................");
  assert.equal(row(1, 13), ".....###########");
  assert.equal(row(1, 17), ".....##..#######");
  assert.equal(row(2, 15), "................");
  assert.equal(row(2, 20), ".......##.......");
  assert.equal(row(3, 13), ".......#########");
  assert.equal(row(3, 15), ".......##.......");
  assert.equal(row(4, 15), ".....##..#######");
  assert.equal(row(5, 16), "################");
  assert.equal(row(5, 17), ".....##..##.....");
});

/** How many of the 512 pixels are filled. */
const FILLED: Record<string, number> = {
  "█": 512,
  "▀": 256,
  "▄": 256,
  "▌": 256,
  "▐": 256,
  "▁": 64,
  "▇": 448,
  "▉": 448,
  "▏": 64,
  "▔": 64,
  "▕": 64,
  "░": 128,
  "▒": 256,
  "▓": 384,
  "▖": 128,
  "▙": 384,
  "▚": 256,
  "⠁": 16,
  "⣿": 128,
  "⠀": 0,
  "\u{1fb00}": 88,
  "\u{1fb3b}": 424,
  "\u{e0b0}": 272,
};
for (const [character, count] of Object.entries(FILLED)) {
  test(`blocks: ${character} fills ${count} pixels`, async () => {
    const picture = await draw(character);
    let filled = 0;
    for (let y = 0; y < 32; y++)
      for (let x = 0; x < 16; x++) if (picture.at(16 + x, 16 + y) !== picture.at(0, 0)) filled++;
    assert.equal(filled, count);
  });
}

test("quarters are where their names say", async () => {
  const picture = await draw("▘▝▖▗");
  const corners = [
    [0, 0],
    [8, 0],
    [0, 16],
    [8, 16],
  ];
  for (const [column, [left = 0, top = 0]] of corners.entries()) {
    const shape = picture.shape(column, 0);
    for (const [y, row] of shape.entries()) {
      const expected =
        y >= top && y < top + 16
          ? "#"
              .repeat(8)
              .padStart(left + 8, ".")
              .padEnd(16, ".")
          : "................";
      assert.equal(row, expected);
    }
  }
});

test("all of these have a picture of their own", async () => {
  const characters = [
    ..."ABCabc019!~äöüßÉñøĄčžŁΑΩαωАЯяЇґ",
    ..."✓✗●○▶…–—“”•⚠➜❯→↓⇒★☐☒⏺⎿✻✶⏵",
    ..."\u{e0a0}\u{e0b0}①½€ẽ",
    ..."🚀🔧🎉",
  ];
  const picture = await draw(characters.join(""), { columns: 120, rows: 2 });
  const shapes = characters.map((_, column) => picture.shape(column, 0).join("\n"));
  for (const [index, shape] of shapes.entries()) {
    assert.match(shape, /#/, characters[index]);
    assert.ok(!isFrame(shape), `${characters[index]} is unknown`);
  }
  // ● and ⏺ look the same, and so do A and Α, А.
  assert.ok(new Set(shapes).size >= characters.length - 4);
});

test("a wide character fills two cells", async () => {
  const picture = await draw("カ한");
  for (const column of [0, 1, 2, 3]) assert.match(picture.shape(column, 0).join(""), /#/);
});

test("an emoji fits the cells that the terminal gives it", () => {
  const columnsOf = (cells: 1 | 2): number => {
    const bits = characterGlyph("🚀", cells, { isBold: false, isItalic: false }).reduce(
      (all, row) => all | row,
    );
    return (bits >>> 0).toString(2).replace(/0*$/, "").length;
  };
  assert.ok(columnsOf(1) > 8 && columnsOf(1) <= 16);
  assert.ok(columnsOf(2) > 16);
});

test("an ideograph is a frame around both cells with its code point", async () => {
  const picture = await draw("日x");
  const shape = picture.shape(0, 0, 2);
  assert.equal(shape[3], `.${"#".repeat(30)}.`);
  assert.equal(shape[28], `.${"#".repeat(30)}.`);
  assert.ok(shape.slice(3, 29).every((row) => row[1] === "#" && row[30] === "#"));
  assert.notDeepEqual(shape, (await draw("本x")).shape(0, 0, 2));
  assert.deepEqual(picture.shape(2, 0), (await draw("x")).shape(0, 0));
});

const HOSTILE: readonly [what: string, text: string, isShown: "frame" | "nothing" | string][] = [
  ["not assigned", "\u0378", "frame"],
  ["for private use", "\u{e123}", "frame"],
  ["the last code point", "\u{10ffff}", "frame"],
  ["no character", "\uffff", "frame"],
  ["a combined letter", "e\u0301", "é"],
  ["a letter for mathematics", "\u{1d400}", "A"],
  ["a choice of how it looks", "x\ufe0f", "x"],
  ["no-break space", "\u00a0", "nothing"],
  ["soft hyphen", "\u00ad", "nothing"],
  ["only a mark, at the start", "\u0301", "nothing"],
  ["left-to-right mark", "\u200e", "nothing"],
];
for (const [what, text, shown] of HOSTILE) {
  test(`hostile: ${what}`, async () => {
    const shape = (await draw(text)).shape(0, 0);
    if (shown === "frame") assert.ok(isFrame(shape.join("\n")), shape.join("\n"));
    else if (shown === "nothing") assert.doesNotMatch(shape.join(""), /#/);
    else assert.deepEqual(shape, (await draw(shown)).shape(0, 0));
  });
}

test("hostile: half of a surrogate pair takes a cell and breaks nothing", async () => {
  const picture = await draw("\ud800x\r\n\udc00y");
  assert.ok(isFrame(picture.shape(0, 0).join("\n")));
  assert.deepEqual(picture.shape(1, 0), (await draw("x")).shape(0, 0));
});

test("hostile: marks stand over what they combine with", async () => {
  const [bare, marked] = [(await draw("x")).shape(0, 0), (await draw("x\u0323\u0303")).shape(0, 0)];
  assert.ok(bare.join("").length > 0);
  const added = marked.flatMap((row, y) => [...row].map((pixel, x) => [bare[y]?.[x], pixel]));
  assert.ok(added.every(([before, now]) => before !== "#" || now === "#"));
  assert.ok(added.some(([before, now]) => before === "." && now === "#"));
  // Hundreds of them are as good as one.
  assert.match((await draw(`x${"\u0323".repeat(500)}`)).shape(0, 0).join(""), /#/);
});

/** As of a character that the font does not have. */
function isFrame(shape: string): boolean {
  const rows = shape.split("\n");
  return (
    rows[3] === ".##############." &&
    rows[28] === ".##############." &&
    rows.slice(3, 29).every((row) => /^\.#.*#\.$/.test(row))
  );
}
