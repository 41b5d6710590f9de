import { type Frame, type Look, type Row, rows } from "./ansi-rows.ts";
import type { RichText } from "./entities.ts";

/**
 * Renders a text for a terminal, as lines without line ends. Each line sets and resets its own colours, so that any of
 * them can be printed alone. What an agent writes is not to be trusted: escape sequences and control characters
 * in the text never get through.
 *
 * @param options.columns width of the terminal; words are wrapped, lines of code are cut into pieces
 * @param options.colors false for plain text: links are then written as `text (url)`
 */
export function ansi(rich: RichText, options: { columns: number; colors: boolean }): string[] {
  return rows(rich, options.columns, options.colors).map((row) => paint(row, options.colors));
}

const RESET = "\x1b[0m";

function paint(row: Row, colors: boolean): string {
  let line = paintFrame(row.frame, colors);
  let text = "";
  for (const [index, { character, look }] of row.cells.entries()) {
    text += character;
    if (look === row.cells[index + 1]?.look) continue;
    line += colors ? paintText(text, look) : text;
    text = "";
  }
  return line;
}

function paintFrame({ quote, text }: Frame, colors: boolean): string {
  return quote && colors ? `\x1b[2m${text.charAt(0)}${RESET}${text.slice(1)}` : text;
}

/** https://en.wikipedia.org/wiki/ANSI_escape_code#Select_Graphic_Rendition_parameters */
function paintText(text: string, look: Look): string {
  const codes = [];
  if (look.bold) codes.push(1);
  if (look.italic) codes.push(3);
  if (look.underline) codes.push(4);
  if (look.strikethrough) codes.push(9);
  if (look.code) codes.push(36);
  const painted = codes.length > 0 ? `\x1b[${codes.join(";")}m${text}${RESET}` : text;
  return look.url === undefined ? painted : hyperlink(painted, look.url);
}

/** OSC 8: https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda */
function hyperlink(text: string, url: string): string {
  const printable = url
    .replace(/\p{Surrogate}/gu, "")
    .replace(/[^\x21-\x7e]/gu, (character) => encodeURIComponent(character));
  return `\x1b]8;;${printable}\x1b\\${text}\x1b]8;;\x1b\\`;
}
