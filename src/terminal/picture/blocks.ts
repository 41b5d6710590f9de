import { emptyGlyph, fill, type Glyph, plot } from "./glyph.ts";

/** The quarters of U+2596 to U+259F: 1 upper left, 2 upper right, 4 lower left, 8 lower right. */
const QUARTERS = [4, 8, 1, 13, 9, 7, 11, 2, 6, 14];

/**
 * Draws blocks, shades, Braille and sextants by rule, so that they fill their cells.
 * @returns undefined for all other characters.
 */
export function blockGlyph(codePoint: number): Glyph | undefined {
  if (codePoint >= 0x2580 && codePoint <= 0x2590) return bar(codePoint);
  if (codePoint >= 0x2591 && codePoint <= 0x2593) return shade(codePoint - 0x2590);
  if (codePoint === 0x2594) return rectangle(0, 0, 16, 4);
  if (codePoint === 0x2595) return rectangle(14, 0, 16, 32);
  if (codePoint >= 0x2596 && codePoint <= 0x259f)
    return tiles(QUARTERS[codePoint - 0x2596] ?? 0, [0, 16, 32]);
  if (codePoint >= 0x2800 && codePoint <= 0x28ff) return braille(codePoint - 0x2800);
  if (codePoint >= 0x1fb00 && codePoint <= 0x1fb3b) return sextant(codePoint - 0x1fb00);
  return undefined;
}

function rectangle(left: number, top: number, right: number, bottom: number): Glyph {
  const glyph = emptyGlyph();
  fill(glyph, left, top, right, bottom);
  return glyph;
}

/** Upper half, lower eighths, full, left eighths, right half. */
function bar(codePoint: number): Glyph {
  if (codePoint === 0x2580) return rectangle(0, 0, 16, 16);
  if (codePoint === 0x2590) return rectangle(8, 0, 16, 32);
  if (codePoint <= 0x2588) return rectangle(0, 32 - 4 * (codePoint - 0x2580), 16, 32);
  return rectangle(0, 0, 2 * (0x2590 - codePoint), 32);
}

/** A quarter, a half or three quarters of the pixels, in squares of two by two. */
function shade(quarters: number): Glyph {
  return plot((x, y) => {
    const [column, row] = [Math.floor(x / 2) % 2, Math.floor(y / 2) % 2];
    if (quarters === 2) return column === row;
    return (column === 0 && row === 0) === (quarters === 1);
  });
}

/** Two columns of rectangles, of which the bits say which are filled, from the upper left one on. */
function tiles(bits: number, edges: readonly number[]): Glyph {
  const glyph = emptyGlyph();
  for (let tile = 0; tile < 2 * (edges.length - 1); tile++) {
    const row = tile >> 1;
    const left = (tile % 2) * 8;
    if (bits & (1 << tile)) fill(glyph, left, edges[row] ?? 0, left + 8, edges[row + 1] ?? 0);
  }
  return glyph;
}

/** Those that are the left and the right half are not among the sextants: they were there before. */
function sextant(index: number): Glyph {
  const bits = index + 1 + (index >= 20 ? 1 : 0) + (index >= 40 ? 1 : 0);
  return tiles(bits, [0, 11, 21, 32]);
}

function braille(dots: number): Glyph {
  const glyph = emptyGlyph();
  for (let dot = 0; dot < 8; dot++) {
    if (!(dots & (1 << dot))) continue;
    const column = dot < 6 ? Math.floor(dot / 3) : dot - 6;
    const row = dot < 6 ? dot % 3 : 3;
    fill(glyph, column * 8 + 2, row * 8 + 2, column * 8 + 6, row * 8 + 6);
  }
  return glyph;
}
