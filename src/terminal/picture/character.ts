import { blockGlyph } from "./blocks.ts";
import { glyphOf } from "./font.ts";
import { CELL_WIDTH, embolden, emptyGlyph, type Glyph, overlay, shear } from "./glyph.ts";
import { lineGlyph } from "./lines.ts";
import { shapeGlyph } from "./shapes.ts";
import { unknownGlyph } from "./unknown.ts";

/** Controls, spaces, and what only chooses how the character before looks, as the colour of a skin. */
const NOT_SHOWN = /^[\p{Cc}\p{Cf}\p{Z}\p{Variation_Selector}\p{Emoji_Modifier}]$/u;
const MARK = /^\p{M}$/u;
/** A screen has a few hundred different ones; a program that shows all there are must not keep them all here. */
const MOST_KEPT = 4096;
/** Code units of a character with its marks. There is no limit to what a program can pile up in a cell. */
const LONGEST = 32;

const kept = new Map<string, Glyph>();

/**
 * How a cell's text looks.
 * @param text a character and what combines with it, in whatever state the program has written it.
 */
export function characterGlyph(
  text: string,
  cells: 1 | 2,
  style: { readonly isBold: boolean; readonly isItalic: boolean },
): Glyph {
  const short = text.slice(0, LONGEST);
  const key = `${cells}${style.isBold ? "b" : ""}${style.isItalic ? "i" : ""}:${short}`;
  const known = kept.get(key);
  if (known) return known;
  const glyph = styled(short, cells, style);
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(key, glyph);
  return glyph;
}

function styled(
  text: string,
  cells: 1 | 2,
  { isBold, isItalic }: { readonly isBold: boolean; readonly isItalic: boolean },
): Glyph {
  const [first = "", ...others] = text.normalize("NFC");
  // Lines and blocks meet their neighbours only as they are.
  const drawn = drawnByRule(first);
  const marks = others
    .filter((character) => MARK.test(character))
    .map((mark) => fromFont(mark, cells, isBold));
  const base = drawn ?? fromFont(first, cells, isBold) ?? unknown(first, cells);
  const glyph = overlay(base, ...marks.filter((mark) => mark !== undefined));
  return isItalic && !drawn ? shear(glyph, cells * CELL_WIDTH) : glyph;
}

function drawnByRule(character: string): Glyph | undefined {
  const codePoint = character.codePointAt(0) ?? 0;
  return lineGlyph(codePoint) ?? blockGlyph(codePoint) ?? shapeGlyph(codePoint);
}

/** Letters for mathematics and the like look like plain ones where the font does not have them. */
function fromFont(character: string, cells: 1 | 2, isBold: boolean): Glyph | undefined {
  if (character === "" || NOT_SHOWN.test(character)) return emptyGlyph();
  const [plain = "", ...more] = character.normalize("NFKC");
  const found =
    glyphOf(character.codePointAt(0) ?? 0, cells, isBold) ??
    (more.length === 0 ? glyphOf(plain.codePointAt(0) ?? 0, cells, isBold) : undefined);
  if (!found) return undefined;
  return isBold && !found.isBold ? embolden(found.glyph, cells * CELL_WIDTH) : found.glyph;
}

function unknown(character: string, cells: 1 | 2): Glyph {
  return unknownGlyph(character.codePointAt(0) ?? 0, cells);
}
