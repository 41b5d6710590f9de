import { CELL_WIDTH, clear, emptyGlyph, fill, type Glyph } from "./glyph.ts";

/** Hexadecimal digits, three pixels wide and five high: 15 bits from the upper left one on. */
const DIGITS = [
  0x7b6f, 0x2c97, 0x73e7, 0x73cf, 0x5bc9, 0x79cf, 0x79ef, 0x7249, 0x7bef, 0x7bcf, 0x7bed, 0x6bae, 0x7927,
  0x6b6e, 0x79e7, 0x79e4,
];

/** A frame with the code point in hexadecimal in two lines, for characters that the font does not have. */
export function unknownGlyph(codePoint: number, cells: 1 | 2): Glyph {
  const glyph = emptyGlyph();
  const width = cells * CELL_WIDTH;
  fill(glyph, 1, 3, width - 1, 29);
  clear(glyph, 2, 4, width - 2, 28);
  const text = codePoint.toString(16).padStart(4, "0");
  const inLine = Math.ceil(text.length / 2);
  const scale = inLine * 8 + 4 <= width ? 2 : 1;
  const step = 3 * scale + (scale === 2 ? 2 : 1);
  const left = Math.floor((width - inLine * step + step - 3 * scale) / 2);
  for (const [index, digit] of [...text.padStart(2 * inLine, "0")].entries()) {
    const line = Math.floor(index / inLine);
    const x = left + (index % inLine) * step;
    const y = 15 - 5 * scale + line * (5 * scale + 2);
    const bits = DIGITS[Number.parseInt(digit, 16)] ?? 0;
    for (let pixel = 0; pixel < 15; pixel++) {
      if (!(bits & (0x4000 >>> pixel))) continue;
      const px = x + (pixel % 3) * scale;
      const py = y + Math.floor(pixel / 3) * scale;
      fill(glyph, px, py, px + scale, py + scale);
    }
  }
  return glyph;
}
