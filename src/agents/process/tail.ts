/** Keeps the last bytes of a stream, for the words with which a program died. */
export interface Tail {
  push(chunk: Buffer): void;
  /** The kept end as text, beginning at a whole character. */
  text(): string;
}

/** Keeps the last `maxBytes` bytes, and never more than that plus one chunk. */
export function keepTail(maxBytes: number): Tail {
  let kept: Buffer = Buffer.alloc(0);
  return {
    push(chunk) {
      // Copied: a subarray would keep the whole chunk in memory.
      const joined = Buffer.concat([kept, chunk.subarray(-maxBytes)]);
      kept = Buffer.from(joined.subarray(-maxBytes));
    },
    text() {
      let start = 0;
      while (start < kept.length && isContinuation(kept[start] ?? 0)) start += 1;
      return kept.subarray(start).toString("utf8").trim();
    },
  };
}

// UTF-8: the second and later bytes of a character are 10xxxxxx (RFC 3629, section 3).
function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
