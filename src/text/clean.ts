/**
 * Makes foreign text fit for a messenger: `\n` as the one line end, tabs expanded to stops of four columns, no
 * control characters, no lone surrogates. Telegram turns tabs and control characters into one space each and
 * removes U+202A..U+202E (`clean_input_string` in TDLib's misc.cpp); doing it here keeps what is seen the same
 * on every surface.
 */
export function clean(source: string): string {
  const text = source
    .replace(/\r\n?|[\u2028\u2029]/g, "\n")
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\ufeff]/g, "")
    .replace(/\p{Surrogate}/gu, "\ufffd");
  return text.includes("\t") ? text.split("\n").map(expandTabs).join("\n") : text;
}

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
