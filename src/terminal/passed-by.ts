const ESC = 0x1b;
const LINE_END = Buffer.from("\r\n");
/** Bell, and other character sets. */
const SPECIAL = new Set([0x07, 0x0e, 0x0f]);
/** What C1 begins with in UTF-8. */
const C1 = 0xc2;
const LAST_C1 = 0x9f;

/**
 * Takes away the beginning of plain or coloured text that scrolls out of a terminal's memory before anybody can see it.
 * What the terminal shows and remembers afterwards is the same to the cell, as long as all of its rows scroll: a flood of
 * output costs a small part of what it would.
 * @param bytes Written to where they are left out.
 * @param lines How many lines the terminal can show and remember, and as many again as it can show.
 */
export function withoutPassedBy(bytes: Buffer, lines: number): Buffer {
  let at = textEnd(bytes);
  for (let line = 0; line <= lines; line++) {
    // A line that ends without a return leaves the column as it is, and that is told by what stands before it.
    at = at < LINE_END.length ? -1 : bytes.lastIndexOf(LINE_END, at - LINE_END.length);
    if (at < 0) return bytes;
  }
  const looks = Buffer.concat(looksAt(bytes, at));
  // In the place of what is left out: a copy of the rest each time would be much memory.
  const start = at + LINE_END.length - looks.length;
  looks.copy(bytes, start);
  return bytes.subarray(start);
}

/** Where something begins that does more than print, move on, or change the looks of what is printed. */
function textEnd(bytes: Buffer): number {
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === ESC) {
      const end = looksEnd(bytes, at);
      if (end < 0) return at;
      at = end - 1;
    } else if (byte === C1) {
      // Cut off before its second byte, it may be anything.
      if ((bytes[at + 1] ?? 0) <= LAST_C1) return at;
    } else if (byte < ESC && SPECIAL.has(byte)) return at;
  }
  return bytes.length;
}

/** Where a change of the looks (SGR) ends that begins there; -1 when it is something else, or not whole. */
function looksEnd(bytes: Buffer, start: number): number {
  if (bytes[start + 1] !== 0x5b) return -1;
  for (let at = start + 2; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === 0x6d) return at + 1;
    // Digits, colon and semicolon.
    if (byte < 0x30 || byte > 0x3b) return -1;
  }
  return -1;
}

/** The changes that make the looks of what comes at `end`: all since they were last set back. */
function looksAt(bytes: Buffer, end: number): Buffer[] {
  const looks: Buffer[] = [];
  for (let at = end; at > 0; ) {
    at = bytes.lastIndexOf(ESC, at - 1);
    if (at < 0) break;
    const change = bytes.subarray(at, looksEnd(bytes, at));
    looks.push(change);
    if (change.length === 3 || (change.length === 4 && change[2] === 0x30)) break;
  }
  return looks.reverse();
}
