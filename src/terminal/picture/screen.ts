import type { IBuffer, IBufferCell, Terminal } from "@xterm/headless";
import { BACKGROUND, blend, FOREGROUND, PALETTE } from "./colours.ts";

/** A terminal's screen, with all colours settled. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
  /** Row by row; the second half of a wide character is a cell of its own, of width 0. */
  readonly cells: readonly Cell[];
  /** Undefined when the program hides it. */
  readonly cursor: Cursor | undefined;
}

export interface Cell {
  /** A character with its combining marks; empty for an empty cell, and when it is not to be seen. */
  readonly text: string;
  readonly width: 0 | 1 | 2;
  readonly foreground: number;
  readonly background: number;
  readonly isBold: boolean;
  readonly isItalic: boolean;
  readonly underline: Underline | undefined;
  readonly underlineColour: number;
  readonly isStruck: boolean;
  readonly isOverlined: boolean;
}

export type Underline = "single" | "double" | "curly" | "dotted" | "dashed";
export type CursorShape = "block" | "underline" | "bar";

export interface Cursor {
  readonly column: number;
  readonly row: number;
  readonly shape: CursorShape;
}

/** What xterm knows of a cell beyond its published types. */
interface StyledCell extends IBufferCell {
  getUnderlineStyle?(): number;
  isUnderlineColorDefault?(): boolean;
  isUnderlineColorRGB?(): boolean;
  getUnderlineColor?(): number;
}

/** What xterm keeps of the cursor, which it publishes nowhere. */
interface CursorState {
  readonly _core?: {
    readonly coreService?: {
      readonly isCursorHidden?: boolean;
      readonly decPrivateModes?: { readonly cursorStyle?: CursorShape };
    };
  };
}

const UNDERLINES: readonly (Underline | undefined)[] = [
  undefined,
  "single",
  "double",
  "curly",
  "dotted",
  "dashed",
];

/** Reads what the terminal shows now: its last rows, not what one has scrolled back to. */
export function readScreen(terminal: Terminal): Screen {
  const buffer = terminal.buffer.active;
  const { cols: columns, rows } = terminal;
  const cells: Cell[] = [];
  const reused: StyledCell = buffer.getNullCell();
  for (let row = 0; row < rows; row++) {
    const line = buffer.getLine(buffer.baseY + row);
    for (let column = 0; column < columns; column++) {
      const cell = line?.getCell(column, reused);
      cells.push(cell ? readCell(cell) : EMPTY);
    }
  }
  return { columns, rows, cells, cursor: readCursor(terminal, buffer) };
}

const EMPTY: Cell = {
  text: "",
  width: 1,
  foreground: FOREGROUND,
  background: BACKGROUND,
  isBold: false,
  isItalic: false,
  underline: undefined,
  underlineColour: FOREGROUND,
  isStruck: false,
  isOverlined: false,
};

function readCell(cell: StyledCell): Cell {
  const width = cell.getWidth();
  const text = cell.getChars();
  if (cell.isAttributeDefault()) {
    if (text === "" && width === 1) return EMPTY;
    return { ...EMPTY, text, width: width === 2 ? 2 : width === 0 ? 0 : 1 };
  }
  const isBold = cell.isBold() !== 0;
  let foreground = foregroundOf(cell, isBold);
  let background = cell.isBgDefault() ? BACKGROUND : colourOf(cell.isBgRGB(), cell.getBgColor());
  if (cell.isInverse()) [foreground, background] = [background, foreground];
  if (cell.isDim()) foreground = blend(foreground, background);
  const underline = cell.isUnderline()
    ? (UNDERLINES[cell.getUnderlineStyle?.() ?? 1] ?? "single")
    : undefined;
  const isUnderlineOwn = cell.isUnderlineColorDefault?.() === false;
  return {
    text: cell.isInvisible() ? "" : text,
    width: width === 2 ? 2 : width === 0 ? 0 : 1,
    foreground,
    background,
    isBold,
    isItalic: cell.isItalic() !== 0,
    underline,
    underlineColour: isUnderlineOwn
      ? colourOf(cell.isUnderlineColorRGB?.() === true, cell.getUnderlineColor?.() ?? 0)
      : foreground,
    isStruck: cell.isStrikethrough() !== 0,
    isOverlined: cell.isOverline() !== 0,
  };
}

/** Bold makes the first eight colours those of the second eight. */
function foregroundOf(cell: IBufferCell, isBold: boolean): number {
  if (cell.isFgDefault()) return isBold ? 0xffffff : FOREGROUND;
  const colour = cell.getFgColor();
  const isBrightened = isBold && cell.isFgPalette() && colour < 8;
  return colourOf(cell.isFgRGB(), isBrightened ? colour + 8 : colour);
}

function colourOf(isRgb: boolean, colour: number): number {
  return isRgb ? colour & 0xffffff : (PALETTE[colour] ?? FOREGROUND);
}

function readCursor(terminal: Terminal, buffer: IBuffer): Cursor | undefined {
  const core = (terminal as CursorState)._core?.coreService;
  if (core?.isCursorHidden) return undefined;
  return {
    // After the last cell of a row it waits there until the next character comes.
    column: Math.min(buffer.cursorX, terminal.cols - 1),
    row: buffer.cursorY,
    shape: core?.decPrivateModes?.cursorStyle ?? terminal.options.cursorStyle ?? "block",
  };
}
