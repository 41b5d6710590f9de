/**
 * Makes foreign text fit for a messenger: `\n` as the one line end, tabs expanded to stops of four columns, no
 * control characters or terminal escapes, no lone surrogates. Telegram turns tabs and control characters into
 * one space each and removes U+202A..U+202E (`clean_input_string` in TDLib's misc.cpp); doing it here keeps what
 * is seen the same on every surface. Other characters that are not seen and can hide or turn around what is, go too.
 */
export function clean(source: string): string {
  const text = source
    .replace(ESCAPE_SEQUENCE, "")
    .replace(/\r\n?|[\u2028\u2029]/g, "\n")
    .replace(
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g,
      "",
    )
    .replace(/\p{Surrogate}/gu, "\ufffd");
  return text.includes("\t") ? text.split("\n").map(expandTabs).join("\n") : text;
}

/** What a terminal acts upon and does not show: CSI, OSC and the like, and short sequences (ECMA-48, section 5). */
export const ESCAPE_SEQUENCE =
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)|\x1b[ -/]*[0-~]/g;

const TAB = 4;

function expandTabs(line: string): string {
  const [first = "", ...others] = line.split("\t");
  const cells = [first];
  let column = first.length;
  for (const other of others) {
    const spaces = TAB - (column % TAB);
    cells.push(" ".repeat(spaces), other);
    column += spaces + other.length;
  }
  return cells.join("");
}
