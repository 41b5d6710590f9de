/** What does more than print or move on: escape sequences (ESC, and C1 in UTF-8), the bell, other character sets. */
const SPECIAL = [0x1b, 0xc2, 0x07, 0x0e, 0x0f];
const LINE_END = Buffer.from("\r\n");

/**
 * Takes away the beginning of plain text that scrolls out of a terminal's memory before anybody can see it. What the
 * terminal shows and remembers afterwards is the same to the cell, as long as all of its rows scroll: a flood of output
 * costs a small part of what it would.
 * @param lines How many lines the terminal can show and remember, and as many again as it can show.
 */
export function withoutPassedBy(bytes: Buffer, lines: number): Buffer {
  const end = Math.min(
    ...SPECIAL.map((byte) => bytes.indexOf(byte)).map((at) => (at < 0 ? bytes.length : at)),
  );
  let at = end;
  for (let line = 0; line <= lines; line++) {
    // A line that ends without a return leaves the column as it is, and that is told by what stands before it.
    at = at < LINE_END.length ? -1 : bytes.lastIndexOf(LINE_END, at - LINE_END.length);
    if (at < 0) return bytes;
  }
  return bytes.subarray(at + LINE_END.length);
}
