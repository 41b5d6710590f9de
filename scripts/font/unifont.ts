import type { FontGlyph } from "./pcf.ts";

/** Reads GNU Unifont's own format: a line for each code point with 16 rows in hexadecimal, 8 or 16 pixels wide. */
export function readUnifont(text: string): Map<number, FontGlyph> {
  const glyphs = new Map<number, FontGlyph>();
  for (const line of text.trim().split("\n")) {
    const [codePoint = "", bitmap = ""] = line.split(":");
    const digits = bitmap.length / 16;
    const rows = Array.from({ length: 16 }, (_, row) =>
      Number.parseInt(bitmap.slice(row * digits, (row + 1) * digits), 16),
    );
    glyphs.set(Number.parseInt(codePoint, 16), { width: digits * 4, rows });
  }
  return glyphs;
}
