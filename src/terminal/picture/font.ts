import { brotliDecompressSync } from "node:zlib";
import { FONT_DATA } from "./font-data.ts";
import { emptyGlyph, type Glyph } from "./glyph.ts";

/** A character's bitmap, in the size that the font has it in. */
interface Bitmap {
  readonly width: 8 | 16;
  readonly rows: readonly number[];
}

/** The strikes in the order of scripts/font/main.ts: Terminus, Terminus bold, narrow and wide ones of Unifont. */
const STRIKES = [
  { width: 16, height: 32 },
  { width: 16, height: 32 },
  { width: 8, height: 16 },
  { width: 16, height: 16 },
] as const;

/** Finds the bitmap of a code point. */
type Strike = (codePoint: number) => Bitmap | undefined;

let strikes: readonly Strike[] | undefined;

/**
 * A character of the embedded font, in the size of its cells. The font is unpacked when this is first called.
 * @param cells 2 for characters that a terminal gives two cells.
 * @returns undefined when the font has none; `isBold` says whether it is bold by itself.
 */
export function glyphOf(
  codePoint: number,
  cells: 1 | 2,
  isBold: boolean,
): { readonly glyph: Glyph; readonly isBold: boolean } | undefined {
  strikes ??= unpack();
  const [regular, bold, narrow, wide] = strikes;
  const large = (isBold && bold?.(codePoint)) || regular?.(codePoint);
  if (large) return { glyph: placed(large.rows, 16, cells === 2 ? 8 : 0), isBold };
  const small = narrow?.(codePoint) ?? wide?.(codePoint);
  if (!small) return undefined;
  // One that is made for two cells fits into one as it is.
  const isTight = small.width === 16 && cells === 1;
  const glyph = isTight
    ? thicken(placed(small.rows, 16, 0, 8))
    : placed(twice(small), 2 * small.width, 8 * cells - small.width);
  return { glyph, isBold: false };
}

function unpack(): readonly Strike[] {
  const data = brotliDecompressSync(Buffer.from(FONT_DATA, "base64"));
  let at = 0;
  const next = (): number => {
    at += 4;
    return data.readUInt32LE(at - 4);
  };
  return STRIKES.map(({ width, height }) => {
    const ranges: { first: number; count: number; index: number }[] = [];
    let total = 0;
    for (let left = next(); left > 0; left--) {
      const range = { first: next(), count: next(), index: total };
      total += range.count;
      ranges.push(range);
    }
    const bytes = (width / 8) * height;
    const bitmaps = data.subarray(at, at + total * bytes);
    at += total * bytes;
    return (codePoint) => {
      const range = ranges.find(({ first, count }) => codePoint >= first && codePoint < first + count);
      if (!range) return undefined;
      const start = (range.index + codePoint - range.first) * bytes;
      const rowAt = (row: number): number =>
        width === 8 ? bitmaps.readUInt8(start + row) : bitmaps.readUInt16BE(start + 2 * row);
      return { width, rows: Array.from({ length: height }, (_, row) => rowAt(row)) };
    };
  });
}

function placed(rows: readonly number[], width: number, left: number, top = 0): Glyph {
  const glyph = emptyGlyph();
  for (const [row, bits] of rows.entries()) glyph[top + row] = bits << (32 - width - left);
  return glyph;
}

/** Strokes of one pixel would look faint next to those of two that all other characters have. */
function thicken(glyph: Glyph): Glyph {
  return glyph.map((bits, row) => {
    const both = bits | (glyph[row - 1] ?? 0);
    return (both | (both >>> 1)) & 0xffff0000;
  });
}

/**
 * Twice as wide and high. The corners of stairs are cut and filled (the rule is known as EPX or Scale2x), so that
 * slants stay slants.
 */
function twice({ width, rows }: Bitmap): number[] {
  const isSet = (x: number, y: number): number => (x < 0 ? 0 : ((rows[y] ?? 0) >>> (width - 1 - x)) & 1);
  return rows.flatMap((_, y) => {
    let above = 0;
    let below = 0;
    for (let x = 0; x < width; x++) {
      const [self, up, down] = [isSet(x, y), isSet(x, y - 1), isSet(x, y + 1)];
      const [left, right] = [isSet(x - 1, y), x + 1 < width ? isSet(x + 1, y) : 0];
      const corner = (a: number, b: number, c: number, d: number): number =>
        a === b && a !== c && b !== d ? a : self;
      above = (above << 2) | (corner(left, up, down, right) << 1) | corner(up, right, left, down);
      below = (below << 2) | (corner(down, left, right, up) << 1) | corner(right, down, up, left);
    }
    return [above >>> 0, below >>> 0];
  });
}
