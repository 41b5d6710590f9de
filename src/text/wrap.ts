/** A visible character with the columns that it takes and how it looks. */
export interface Cell<Look> {
  readonly character: string;
  readonly width: number;
  readonly look: Look;
}

/**
 * Wraps one line to rows of so many columns: between words or wide characters where it can be, else anywhere. Further
 * rows of a list item start below its text. Spaces at the end of a row are left out.
 * @param words false to cut at the width only, as code needs it
 */
export function wrapCells<Look>(cells: readonly Cell<Look>[], room: number, words: boolean): Cell<Look>[][] {
  const hang = words ? hangingIndent(cells, room) : [];
  let row: Cell<Look>[] = [];
  const rows = [row];
  let width = 0;
  let begun = 0;
  const breakRow = () => {
    row = [...hang];
    rows.push(row);
    width = hang.length;
    begun = hang.length;
  };
  for (const word of words ? toWords(cells) : cells.map((cell) => [cell])) {
    if (row.length > begun && width + wordWidth(word) > room) breakRow();
    for (const cell of word) {
      const fits = width + cell.width <= room || (words && isSpace(cell)) || row.length === begun;
      if (!fits) breakRow();
      row.push(cell);
      width += cell.width;
    }
  }
  return rows.map(withoutLastSpaces);
}

/** A word has the spaces after it; a wide character is one by itself. */
function toWords<Look>(cells: readonly Cell<Look>[]): Cell<Look>[][] {
  const words: Cell<Look>[][] = [];
  let last: Cell<Look> | undefined;
  for (const cell of cells) {
    const starts = !isSpace(cell) && (!last || isSpace(last) || cell.width > 1 || last.width > 1);
    if (starts || words.length === 0) words.push([cell]);
    else words.at(-1)?.push(cell);
    last = cell;
  }
  return words;
}

/** Without the spaces after it, which may stick out. */
function wordWidth(word: readonly Cell<unknown>[]): number {
  return word.reduce((sum, cell) => sum + (isSpace(cell) ? 0 : cell.width), 0);
}

function hangingIndent<Look>(cells: readonly Cell<Look>[], room: number): Cell<Look>[] {
  const start = cells
    .slice(0, 40)
    .map(({ character }) => character)
    .join("");
  const indent = /^ *(?:\d{1,9}[.)] )?(?:[•◦▪☐☑] )?/.exec(start)?.[0].length ?? 0;
  const look = cells[0]?.look;
  if (look === undefined || indent > room / 2) return [];
  return Array.from({ length: indent }, () => ({ character: " ", width: 1, look }));
}

function withoutLastSpaces<Look>(row: readonly Cell<Look>[]): Cell<Look>[] {
  return row.slice(0, row.findLastIndex((cell) => !isSpace(cell)) + 1);
}

function isSpace({ character }: Cell<unknown>): boolean {
  return character === " ";
}
