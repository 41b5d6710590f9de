import type { Terminal } from "@xterm/xterm";

/** A place in the terminal; `row` counts from the start of the scrollback. */
export interface Cell {
  readonly column: number;
  readonly row: number;
}

/** The cell under a finger, in the coordinates of the window. */
export function cellAt(terminal: Terminal, x: number, y: number): Cell {
  const box = terminal.element?.querySelector(".xterm-screen")?.getBoundingClientRect();
  if (box === undefined) return { column: 0, row: 0 };
  const within = (value: number, most: number): number => Math.max(0, Math.min(most - 1, Math.floor(value)));
  return {
    column: within(((x - box.left) / box.width) * terminal.cols, terminal.cols),
    row:
      terminal.buffer.active.viewportY + within(((y - box.top) / box.height) * terminal.rows, terminal.rows),
  };
}

/** The text around a cell with the place of the cell in it, over all rows that the line has been wrapped to. */
export function lineAround(
  terminal: Terminal,
  { column, row }: Cell,
): { text: string; at: number; first: Cell } {
  const { active } = terminal.buffer;
  let first = row;
  while (first > 0 && active.getLine(first)?.isWrapped === true) first -= 1;
  let text = "";
  for (let next = first; next === first || active.getLine(next)?.isWrapped === true; next++)
    text += active.getLine(next)?.translateToString(false).padEnd(terminal.cols) ?? "";
  return { text, at: (row - first) * terminal.cols + column, first: { column: 0, row: first } };
}

/** The part of a text that fits the pattern and contains the place; undefined when there is none. */
export function partAt(
  text: string,
  at: number,
  pattern: RegExp,
): { start: number; part: string } | undefined {
  for (const match of text.matchAll(pattern))
    if (match.index <= at && at < match.index + match[0].length)
      return { start: match.index, part: match[0] };
  return undefined;
}

/** The web address under a cell. */
export function addressAt(terminal: Terminal, cell: Cell): string | undefined {
  const { text, at } = lineAround(terminal, cell);
  return partAt(text, at, /https?:\/\/[^\s"'<>`]*[^\s"'<>`.,:;!?)\]}]/gi)?.part;
}
