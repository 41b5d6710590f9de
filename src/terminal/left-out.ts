import type { IBuffer, Terminal } from "@xterm/headless";

/** How a cell, or what is written next, looks. */
interface Looks {
  isBold(): unknown;
  isDim(): unknown;
  isItalic(): unknown;
  isUnderline(): unknown;
  isBlink(): unknown;
  isInverse(): unknown;
  isInvisible(): unknown;
  isStrikethrough(): unknown;
  isOverline(): unknown;
  isFgRGB(): unknown;
  isFgPalette(): unknown;
  getFgColor(): number;
  isBgRGB(): unknown;
  isBgPalette(): unknown;
  getBgColor(): number;
}

/** Parts of xterm.js to which there is no public way; its serializer reads them in the same way. */
interface Parts {
  readonly buffer: {
    readonly savedX: number;
    readonly savedY: number;
    readonly ybase: number;
    readonly savedCurAttrData: Looks;
    readonly tabs: Readonly<Record<number, boolean>>;
  };
  readonly _charsetService: {
    readonly glevel: number;
    readonly _charsets: readonly (Readonly<Record<string, string>> | undefined)[];
  };
  readonly _inputHandler: { readonly _curAttrData: Looks };
}

const FLAGS = [
  [1, "isBold"],
  [2, "isDim"],
  [3, "isItalic"],
  [4, "isUnderline"],
  [5, "isBlink"],
  [7, "isInverse"],
  [8, "isInvisible"],
  [9, "isStrikethrough"],
  [53, "isOverline"],
] as const;
const TAB = 8;
/** Which of the four character sets is in use, by its number. */
const SHIFTS = ["", "\x0e", "\x1bn", "\x1bo"];

/**
 * What xterm's serializer leaves out although the program relies on it: rows at the bottom that have nothing but a
 * background, tab stops, the saved cursor, line drawing and the new-line mode. To be written behind what it gives.
 */
export function leftOut(terminal: Terminal): string {
  const { _charsetService: sets, _inputHandler, buffer } = (terminal as unknown as { _core: Parts })._core;
  const { active } = terminal.buffer;
  const moving = bareRows(terminal) + tabStops(buffer.tabs, terminal.cols) + savedCursor(buffer);
  // Behind a full line the cursor waits for the next character.
  const waits = active.cursorX >= terminal.cols;
  const back =
    moving || waits
      ? (waits ? lastCell(terminal) : goTo(active.cursorX, active.cursorY)) + sgr(_inputHandler._curAttrData)
      : "";
  const drawing = [..."()*+"].map((set, index) => (sets._charsets[index]?.q === "─" ? `\x1b${set}0` : ""));
  const newLine = terminal.options.convertEol ? "\x1b[20h" : "";
  return [moving, back, newLine, ...drawing, SHIFTS[sets.glevel] ?? ""].join("");
}

function bareRows({ buffer: { active }, rows, cols }: Terminal): string {
  // With lines above the screen it leaves none out.
  if (active.length > rows) return "";
  const written: string[] = [];
  for (let row = active.length - 1; row >= 0 && isBare(active, row, cols); row--) {
    const line = active.getLine(row);
    const looks = Array.from({ length: cols }, (_, column) => {
      const cell = line?.getCell(column);
      return cell && !cell.isBgDefault() ? sgr(cell) : "";
    });
    for (let from = 0, to = 0; from < cols; from = to) {
      while (to < cols && looks[to] === looks[from]) to += 1;
      if (looks[from]) written.push(`${goTo(from, row)}${looks[from]}\x1b[${to - from}X`);
    }
  }
  return written.join("");
}

function isBare(buffer: IBuffer, row: number, columns: number): boolean {
  const line = buffer.getLine(row);
  for (let column = 0; column < columns; column++) if (line?.getCell(column)?.getChars()) return false;
  return true;
}

function tabStops(tabs: Parts["buffer"]["tabs"], columns: number): string {
  const all = Array.from({ length: columns }, (_, column) => column);
  if (all.every((column) => Boolean(tabs[column]) === (column % TAB === 0))) return "";
  const set = all.filter((column) => tabs[column]).map((column) => `\x1b[${column + 1}G\x1bH`);
  return `\x1b[3g${set.join("")}`;
}

function savedCursor({ savedX, savedY, ybase, savedCurAttrData }: Parts["buffer"]): string {
  const y = Math.max(0, savedY - ybase);
  return savedX === 0 && y === 0 ? "" : `${goTo(savedX, y)}${sgr(savedCurAttrData)}\x1b7`;
}

/** The last cell of the cursor's row, written again. */
function lastCell({ buffer: { active }, cols }: Terminal): string {
  const line = active.getLine(active.baseY + active.cursorY);
  const x = line?.getCell(cols - 1)?.getWidth() === 0 ? cols - 2 : cols - 1;
  const cell = line?.getCell(x);
  return cell ? goTo(x, active.cursorY) + sgr(cell) + cell.getChars() : "";
}

function goTo(x: number, y: number): string {
  return `\x1b[${y + 1};${x + 1}H`;
}

/** From whatever it was before. */
function sgr(looks: Looks): string {
  const flags = FLAGS.filter(([, is]) => looks[is]()).map(([number]) => number);
  const front = colour(38, looks.isFgRGB(), looks.isFgPalette(), looks.getFgColor());
  const ground = colour(48, looks.isBgRGB(), looks.isBgPalette(), looks.getBgColor());
  return `\x1b[${[0, ...flags, ...front, ...ground].join(";")}m`;
}

function colour(which: number, isRgb: unknown, isPalette: unknown, value: number): readonly number[] {
  if (isRgb) return [which, 2, value >> 16, (value >> 8) & 0xff, value & 0xff];
  if (!isPalette) return [];
  if (value >= 16) return [which, 5, value];
  return [value < 8 ? which - 8 + value : which + 44 + value];
}
