import { CELL_WIDTH, emptyGlyph, fill, type Glyph } from "./glyph.ts";
import type { CursorShape, Underline } from "./screen.ts";

type Decoration = Underline | "struck" | "over" | Exclude<CursorShape, "block">;

/** The heights at which a curly line runs, two pixels at a time: a wave that goes on in the next cell. */
const WAVE = [28, 27, 26, 27, 28, 29, 30, 29];

const drawn = new Map<Decoration, Glyph>();

/** The lines through, over and under a cell, and the cursors that are lines. */
export function decorationGlyph(decoration: Decoration): Glyph {
  const known = drawn.get(decoration);
  if (known) return known;
  const glyph = emptyGlyph();
  for (const [left, top, right, bottom] of rectangles(decoration)) fill(glyph, left, top, right, bottom);
  drawn.set(decoration, glyph);
  return glyph;
}

function rectangles(decoration: Decoration): readonly (readonly [number, number, number, number])[] {
  switch (decoration) {
    case "single":
      return [[0, 28, CELL_WIDTH, 30]];
    case "double":
      return [
        [0, 26, CELL_WIDTH, 28],
        [0, 30, CELL_WIDTH, 32],
      ];
    case "curly":
      return WAVE.map((top, index) => [2 * index, top, 2 * index + 2, Math.min(top + 2, 32)] as const);
    case "dotted":
      return [0, 4, 8, 12].map((left) => [left, 28, left + 2, 30] as const);
    case "dashed":
      return [0, 8].map((left) => [left, 28, left + 5, 30] as const);
    case "struck":
      return [[0, 16, CELL_WIDTH, 18]];
    case "over":
      return [[0, 0, CELL_WIDTH, 2]];
    case "underline":
      return [[0, 28, CELL_WIDTH, 32]];
    case "bar":
      return [[0, 0, 3, 32]];
  }
}
