/** Pixels of a cell. A wide character fills two cells side by side. */
export const CELL_WIDTH = 16;
export const CELL_HEIGHT = 32;

/**
 * The pixels of a character that get its colour: a number for each of the 32 rows from the top, the leftmost pixel in
 * the highest of 32 bits. A character of one cell uses the upper 16.
 */
export type Glyph = Uint32Array;

export function emptyGlyph(): Glyph {
  return new Uint32Array(CELL_HEIGHT);
}

/** The bits of the columns from `left` up to, not including, `right`. */
export function columns(left: number, right: number): number {
  if (right <= left) return 0;
  return ((0xffffffff >>> left) & (right >= 32 ? 0xffffffff : ~(0xffffffff >>> right))) >>> 0;
}

/** Sets all pixels of a rectangle; `right` and `bottom` are not part of it. */
export function fill(glyph: Glyph, left: number, top: number, right: number, bottom: number): void {
  const bits = columns(left, right);
  for (let row = top; row < bottom; row++) glyph[row] = (glyph[row] ?? 0) | bits;
}

/** Clears all pixels of a rectangle. */
export function clear(glyph: Glyph, left: number, top: number, right: number, bottom: number): void {
  const bits = ~columns(left, right);
  for (let row = top; row < bottom; row++) glyph[row] = (glyph[row] ?? 0) & bits;
}

/** Sets the pixels of one cell for which the rule holds; it gets the middle of each pixel. */
export function plot(rule: (x: number, y: number) => boolean): Glyph {
  const glyph = emptyGlyph();
  for (let y = 0; y < CELL_HEIGHT; y++) {
    for (let x = 0; x < CELL_WIDTH; x++) if (rule(x + 0.5, y + 0.5)) fill(glyph, x, y, x + 1, y + 1);
  }
  return glyph;
}

/** The pixels that are set in any of them. */
export function overlay(...glyphs: readonly Glyph[]): Glyph {
  return emptyGlyph().map((_, row) => glyphs.reduce((bits, glyph) => bits | (glyph[row] ?? 0), 0));
}

/** Bold, where the font has no bold of its own: each stroke is one pixel wider. */
export function embolden(glyph: Glyph, width: number): Glyph {
  const inside = columns(0, width);
  return glyph.map((bits) => (bits | (bits >>> 1)) & inside);
}

/** Italic: the upper part leans to the right, the lower part to the left, within the cells. */
export function shear(glyph: Glyph, width: number): Glyph {
  const inside = columns(0, width);
  return glyph.map((bits, row) => {
    const shift = Math.round((19 - row) / 5);
    return (shift > 0 ? bits >>> shift : bits << -shift) & inside;
  });
}
