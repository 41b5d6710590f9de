import { type Glyph, plot } from "./glyph.ts";

const SHAPES = new Map<number, (x: number, y: number) => boolean>([
  // Programs mark states with circles; those of the font are hardly more than dots.
  [0x25cf, (x, y) => distance(x, y) <= 6],
  [0x23fa, (x, y) => distance(x, y) <= 6],
  [0x25cb, (x, y) => distance(x, y) <= 6.5 && distance(x, y) > 4.5],
  // The separators of Powerline fill the height, so that a bar ends in one edge.
  [0xe0b0, (x, y) => x <= 16 - Math.abs(y - 16)],
  [0xe0b2, (x, y) => x >= Math.abs(y - 16)],
  [0xe0b4, (x, y) => x <= Math.sqrt(256 - (y - 16) ** 2)],
  [0xe0b6, (x, y) => 16 - x <= Math.sqrt(256 - (y - 16) ** 2)],
]);

/** From the point about which small letters are centred. */
function distance(x: number, y: number): number {
  return Math.hypot(x - 8, y - 18);
}

/**
 * Draws a few characters by rule that the font has not, or too small.
 * @returns undefined for all other characters.
 */
export function shapeGlyph(codePoint: number): Glyph | undefined {
  const rule = SHAPES.get(codePoint);
  return rule && plot(rule);
}
