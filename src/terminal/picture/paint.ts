import { characterGlyph } from "./character.ts";
import { BACKGROUND, FOREGROUND } from "./colours.ts";
import { decorationGlyph } from "./decoration.ts";
import { CELL_HEIGHT, CELL_WIDTH, type Glyph } from "./glyph.ts";
import { ColourTable, type Image } from "./image.ts";
import type { Cell, Cursor, Screen } from "./screen.ts";

/** Around the screen, in pixels. */
const PADDING = 16;

/** Draws a screen, each cell 16 by 32 pixels. */
export function paint(screen: Screen): Image {
  const cells = withCursor(screen);
  const table = new ColourTable();
  table.numberOf(BACKGROUND);
  for (const { foreground, background, underlineColour } of cells)
    for (const colour of [foreground, background, underlineColour]) table.numberOf(colour);
  if (screen.cursor) table.numberOf(FOREGROUND);
  const width = screen.columns * CELL_WIDTH + 2 * PADDING;
  const height = screen.rows * CELL_HEIGHT + 2 * PADDING;
  const pixels =
    table.colours.length <= 256 ? new Uint8Array(width * height) : new Uint32Array(width * height);
  const originOf = (index: number): number => {
    const row = Math.floor(index / screen.columns);
    return (PADDING + row * CELL_HEIGHT) * width + PADDING + (index - row * screen.columns) * CELL_WIDTH;
  };
  const draw = (glyph: Glyph, index: number, colour: number): void =>
    drawGlyph(pixels, width, originOf(index), glyph, table.numberOf(colour));
  for (const [index, { background }] of cells.entries()) {
    if (background === BACKGROUND) continue;
    const origin = originOf(index);
    const number = table.numberOf(background);
    for (let row = 0; row < CELL_HEIGHT; row++)
      pixels.fill(number, origin + row * width, origin + row * width + CELL_WIDTH);
  }
  for (const [index, cell] of cells.entries()) {
    if (cell.text !== "" && cell.text !== " " && cell.width !== 0)
      draw(characterGlyph(cell.text, cell.width, cell), index, cell.foreground);
    if (cell.underline) draw(decorationGlyph(cell.underline), index, cell.underlineColour);
    if (cell.isStruck) draw(decorationGlyph("struck"), index, cell.foreground);
    if (cell.isOverlined) draw(decorationGlyph("over"), index, cell.foreground);
  }
  const { cursor } = screen;
  if (cursor && cursor.shape !== "block")
    draw(decorationGlyph(cursor.shape), cursor.row * screen.columns + cursor.column, FOREGROUND);
  return { width, height, pixels, colours: table.colours };
}

function drawGlyph(
  pixels: Uint8Array | Uint32Array,
  width: number,
  origin: number,
  glyph: Glyph,
  colour: number,
): void {
  for (let row = 0; row < CELL_HEIGHT; row++) {
    const start = origin + row * width;
    let bits = glyph[row] ?? 0;
    while (bits !== 0) {
      const column = Math.clz32(bits);
      pixels[start + column] = colour;
      bits &= ~(0x80000000 >>> column);
    }
  }
}

/** The character under a block has the opposite colour, whatever its own was, so that both can be seen. */
function withCursor({ cells, cursor, columns }: Screen): readonly Cell[] {
  if (cursor?.shape !== "block") return cells;
  const at = startOf(cells, cursor, columns);
  const turned = cells.slice();
  for (const index of cells[at]?.width === 2 ? [at, at + 1] : [at]) {
    const cell = cells[index];
    if (!cell) continue;
    const isLight = cell.background === FOREGROUND;
    const [foreground, background] = isLight ? [FOREGROUND, BACKGROUND] : [BACKGROUND, FOREGROUND];
    turned[index] = { ...cell, foreground, background, underlineColour: foreground };
  }
  return turned;
}

/** The cell that the character under the cursor begins in. */
function startOf(cells: readonly Cell[], { column, row }: Cursor, columns: number): number {
  const at = row * columns + column;
  return column > 0 && cells[at]?.width === 0 ? at - 1 : at;
}
