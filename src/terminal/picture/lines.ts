import { clear, emptyGlyph, fill, type Glyph, plot } from "./glyph.ts";

const FIRST = 0x2500;

/**
 * The lines of U+2500 to U+257F, each as the weights of its arms up, right, down, left: 0 none, 1 light, 2 heavy,
 * 3 double. Dots stand for those that are no such lines.
 */
const ARMS = `
0101 0202 1010 2020 .... .... .... .... .... .... .... .... 0110 0210 0120 0220
0011 0012 0021 0022 1100 1200 2100 2200 1001 1002 2001 2002 1110 1210 2110 1120
2120 2210 1220 2220 1011 1012 2011 1021 2021 2012 1022 2022 0111 0112 0211 0212
0121 0122 0221 0222 1101 1102 1201 1202 2101 2102 2201 2202 1111 1112 1211 1212
2111 1121 2121 2112 2211 1122 1221 2212 1222 2122 2221 2222 .... .... .... ....
0303 3030 0310 0130 0330 0013 0031 0033 1300 3100 3300 1003 3001 3003 1310 3130
3330 1013 3031 3033 0313 0131 0333 1303 3101 3303 1313 3131 3333 .... .... ....
.... .... .... .... 0001 1000 0100 0010 0002 2000 0200 0020 0201 1020 0102 2010
`
  .trim()
  .split(/\s+/);

/** Dashed lines by code point: number of dashes, weight, whether they go down. */
const DASHES = new Map<number, readonly [count: number, weight: number, isVertical: boolean]>(
  [3, 4, 2].flatMap((count) =>
    [1, 2, 3, 4].map((kind, index) => [
      (count === 3 ? 0x2504 : count === 4 ? 0x2508 : 0x254c) + index,
      [count, kind % 2 === 1 ? 1 : 2, kind > 2],
    ]),
  ),
);

/**
 * Draws the lines and corners of boxes so that they meet those of the neighbouring cells.
 * @returns undefined for all other characters.
 */
export function lineGlyph(codePoint: number): Glyph | undefined {
  const dashes = DASHES.get(codePoint);
  if (dashes) return dashed(...dashes);
  if (codePoint >= 0x256d && codePoint <= 0x2570) return arc(codePoint - 0x256d);
  const isRising = codePoint === 0x2571 || codePoint === 0x2573;
  const isFalling = codePoint === 0x2572 || codePoint === 0x2573;
  if (isRising || isFalling)
    return plot(
      (x, y) =>
        (isRising && Math.abs(2 * x + y - 32) <= 2) || (isFalling && Math.abs(2 * (16 - x) + y - 32) <= 2),
    );
  const arms = ARMS[codePoint - FIRST];
  return arms && arms !== "...." ? crossing([...arms].map(Number)) : undefined;
}

/** Half of a line's thickness in pixels, by weight; of a double line half of both and the gap. */
const HALF = [0, 1, 2, 3] as const;
const half = (weight: number): number => HALF[weight] ?? 0;

/**
 * All arms that there can be. What is open between the two lines of a double one is cut out of the wide ones first;
 * single arms end where the lines begin that they meet.
 */
function crossing(arms: readonly number[]): Glyph {
  const glyph = emptyGlyph();
  const weightOf = (direction: number): number => arms[direction % 4] ?? 0;
  const isDouble = (direction: number): boolean => weightOf(direction) === 3;
  const directions = [0, 1, 2, 3];
  for (const direction of directions.filter(isDouble)) {
    const across = Math.max(weightOf(direction + 1), weightOf(direction + 3));
    strip(fill, glyph, direction, -Math.max(half(across), 1), 3);
  }
  for (const direction of directions.filter(isDouble)) {
    const across = Math.max(weightOf(direction + 1), weightOf(direction + 3));
    const goesOn = across === 3 || isDouble(direction + 2);
    strip(clear, glyph, direction, goesOn ? -1 : half(across), 1);
  }
  for (const direction of directions.filter((each) => !isDouble(each) && weightOf(each) > 0)) {
    const sides = [weightOf(direction + 1), weightOf(direction + 3)];
    const across = Math.max(...sides);
    const isTee = across === 3 && Math.min(...sides) === 3 && weightOf(direction + 2) === 0;
    strip(fill, glyph, direction, isTee ? 1 : -Math.max(half(across), 1), half(weightOf(direction)));
  }
  return glyph;
}

/** From `start` pixels off the middle (negative: before it) to the cell's edge in that direction. */
function strip(
  draw: typeof fill,
  glyph: Glyph,
  direction: number,
  start: number,
  halfThickness: number,
): void {
  const [x, y] = [8, 16];
  if (direction === 0) draw(glyph, x - halfThickness, 0, x + halfThickness, y - start);
  else if (direction === 1) draw(glyph, x + start, y - halfThickness, 16, y + halfThickness);
  else if (direction === 2) draw(glyph, x - halfThickness, y + start, x + halfThickness, 32);
  else draw(glyph, 0, y - halfThickness, x - start, y + halfThickness);
}

function dashed(count: number, weight: number, isVertical: boolean): Glyph {
  const glyph = emptyGlyph();
  const length = isVertical ? 32 : 16;
  const thickness = half(weight);
  for (let dash = 0; dash < count; dash++) {
    const start = Math.round((dash * length) / count) + 1;
    const end = Math.round(((dash + 1) * length) / count) - 1;
    if (isVertical) fill(glyph, 8 - thickness, start, 8 + thickness, end);
    else fill(glyph, start, 16 - thickness, end, 16 + thickness);
  }
  return glyph;
}

/** Rounded corners: 0 opens right and down, 1 left and down, 2 left and up, 3 right and up. */
function arc(kind: number): Glyph {
  const opensLeft = kind === 1 || kind === 2;
  const opensUp = kind >= 2;
  return plot((x, y) => {
    const toSide = opensLeft ? x : 16 - x;
    const toEnd = opensUp ? 32 - y : y;
    if (toEnd >= 24) return Math.abs(toSide - 8) < 1;
    return toEnd > 14 && toSide <= 9 && Math.abs(Math.hypot(toSide, 24 - toEnd) - 8) < 1;
  });
}
