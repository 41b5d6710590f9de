import { closeSync, openSync, readSync, rmSync, writeFileSync } from "node:fs";
import { removeQuietly } from "../remove-quietly.ts";

/**
 * The growing text of one answer. A short one is kept whole; of a long one the head and the tail are, so that an answer
 * without end costs no memory. All of it goes to a file, which also tells after a crash what had been said.
 */
export interface AnswerText {
  append(text: string): void;
  /** In UTF-16 units. */
  readonly length: number;
  /** The whole text while it is short enough to be shown in messages, undefined afterwards. */
  readonly whole: string | undefined;
  readonly head: string;
  readonly tail: string;
  /** The whole text as UTF-8, up to what can be uploaded. `complete` tells whether anything is missing at its end. */
  bytes(): { readonly bytes: Buffer; readonly complete: boolean };
  /** Writes to the file what is not there yet. */
  sync(): void;
  /** The file, and whether it holds all that came so far. */
  readonly path: string;
  readonly complete: boolean;
  /** Leaves the file where it is, since nothing else holds all of it. */
  keep(): void;
  /** Removes the file, unless it is to be kept. */
  close(): void;
}

/** More than the few messages that an answer may take. */
const WHOLE = 32 * 1024;
const TAIL = 4 * 1024;
/** A bot may upload 50 MB, and the tool calls come behind the text. */
const MOST_BYTES = 47_000_000;
const WRITE_AT = 64 * 1024;

/** @param path Where the text goes. A file that cannot be written is told by `bytes` alone. */
export function createAnswerText(path: string): AnswerText {
  let head = "";
  let tail = "";
  let length = 0;
  let unwritten = "";
  let written = 0;
  let complete = true;
  let kept = false;
  let file: number | undefined;

  function write(): void {
    const text = wholeCharacters(unwritten);
    const bytes = Buffer.from(text);
    unwritten = unwritten.slice(text.length);
    if (!complete || bytes.length === 0) return;
    try {
      if (written + bytes.length > MOST_BYTES) throw new RangeError("too long to be uploaded");
      if (file === undefined) {
        // Whatever lies there is none of ours, least of all a link to somewhere else.
        rmSync(path, { force: true });
        file = openSync(path, "wx+", 0o600);
      }
      writeFileSync(file, bytes);
      written += bytes.length;
    } catch {
      // A full disk must not end the run: what is missing is said where the file is sent.
      complete = false;
    }
  }

  /** By its descriptor: the name may be gone, or be another's. */
  function readBack(): Buffer {
    if (file === undefined) throw new Error("nothing was written");
    const bytes = Buffer.alloc(written);
    let length = 0;
    while (length < written) {
      const read = readSync(file, bytes, length, written - length, length);
      if (read === 0) throw new Error("the file has become shorter");
      length += read;
    }
    return bytes;
  }

  return {
    path,
    get complete() {
      return complete;
    },
    append(text) {
      if (length + text.length <= WHOLE) head += text;
      else if (length <= WHOLE) head = wholeCharacters(head + text.slice(0, WHOLE - length));
      unwritten += text;
      if (unwritten.length >= WRITE_AT) write();
      length += text.length;
      tail += text;
      if (tail.length > TAIL * 4) tail = tail.slice(-TAIL);
    },
    get length() {
      return length;
    },
    get whole() {
      return length <= WHOLE ? head : undefined;
    },
    get head() {
      return head;
    },
    get tail() {
      return tail.slice(-TAIL).replace(/^[\uDC00-\uDFFF]/, "");
    },
    bytes() {
      if (length <= WHOLE) return { bytes: Buffer.from(head), complete: true };
      write();
      try {
        return { bytes: readBack(), complete };
      } catch {
        return { bytes: Buffer.from(head), complete: false };
      }
    },
    sync: write,
    keep() {
      write();
      kept = true;
    },
    close() {
      if (file === undefined) return;
      closeSync(file);
      file = undefined;
      if (!kept) removeQuietly(path);
    },
  };
}

/** Without the half of a character that the next piece completes. */
function wholeCharacters(text: string): string {
  return /[\uD800-\uDBFF]$/.test(text) ? text.slice(0, -1) : text;
}
