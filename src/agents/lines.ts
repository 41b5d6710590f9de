/** Cuts a byte stream into lines. */
export interface LineSplitter {
  push(chunk: Buffer): void;
  /** Hands over what stands after the last line end. */
  end(): void;
}

const LINE_END = 0x0a;

/**
 * Cuts chunks of bytes into lines and hands each over as bytes, without its line end; empty lines are left out.
 * A line is decoded by whoever needs it, and only when it is whole, so a character of several bytes is never cut.
 * The line is only valid during the call: it may share memory with the chunk.
 *
 * A line longer than `maxBytes` is not kept: `onDropped` gets its length once its end has come.
 */
export function splitLines(
  onLine: (line: Buffer) => void,
  { maxBytes, onDropped }: { maxBytes: number; onDropped: (bytes: number) => void },
): LineSplitter {
  // The beginning of a line whose end has not come yet. Joined once, at its end: joining with each chunk would
  // copy a long line over and over.
  let pieces: Buffer[] = [];
  let length = 0;

  const keep = (piece: Buffer): void => {
    length += piece.length;
    if (length > maxBytes) pieces = [];
    else if (piece.length > 0) pieces.push(piece);
  };
  const finish = (): void => {
    if (length > maxBytes) onDropped(length);
    else if (length > 0) onLine(pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces, length));
    pieces = [];
    length = 0;
  };

  return {
    push(chunk) {
      let start = 0;
      for (;;) {
        const end = chunk.indexOf(LINE_END, start);
        if (end < 0) break;
        if (length === 0 && end - start <= maxBytes) {
          if (end > start) onLine(chunk.subarray(start, end));
        } else {
          keep(chunk.subarray(start, end));
          finish();
        }
        start = end + 1;
      }
      if (start < chunk.length) keep(chunk.subarray(start));
    },
    end: finish,
  };
}
