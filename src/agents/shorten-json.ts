const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;

/**
 * The same JSON document with every string longer than `maxBytes` cut to its beginning. Finding the strings' ends
 * costs a fraction of decoding and parsing them, so a line of 10 MB of which only a few fields are needed stays cheap.
 * Bytes that are no JSON come back as they are, or as something that is no JSON either.
 */
export function shortenStrings(json: Buffer, maxBytes: number): Buffer {
  const pieces: Buffer[] = [];
  let copied = 0;
  for (let open = json.indexOf(QUOTE); open >= 0; ) {
    const close = stringEnd(json, open + 1);
    if (close < 0) return json;
    if (close - open - 1 > maxBytes) {
      pieces.push(json.subarray(copied, wholeCharacters(json, open + 1, open + 1 + maxBytes)));
      copied = close;
    }
    open = json.indexOf(QUOTE, close + 1);
  }
  if (copied === 0) return json;
  pieces.push(json.subarray(copied));
  return Buffer.concat(pieces);
}

/** Where the string's closing quote stands: a quote after an even number of backslashes (RFC 8259, section 7). */
function stringEnd(json: Buffer, start: number): number {
  for (let quote = json.indexOf(QUOTE, start); quote >= 0; quote = json.indexOf(QUOTE, quote + 1)) {
    let backslashes = 0;
    while (quote - 1 - backslashes >= start && json[quote - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return quote;
  }
  return -1;
}

/** The last place up to `limit` that cuts neither an escape sequence nor a character of several bytes. */
function wholeCharacters(json: Buffer, start: number, limit: number): number {
  let end = start;
  for (;;) {
    const next = end + sizeAt(json, end);
    if (next > limit) return end;
    end = next;
  }
}

function sizeAt(json: Buffer, at: number): number {
  const byte = json[at] ?? 0;
  if (byte === BACKSLASH) return json[at + 1] === LETTER_U ? 6 : 2;
  // UTF-8's leading byte tells the length (RFC 3629, section 3).
  if (byte < 0xc0) return 1;
  return byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}
