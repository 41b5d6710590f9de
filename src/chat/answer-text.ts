import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";

/**
 * The growing text of one answer. A short one is kept whole; of a long one the head and the tail are, and all of it
 * goes to a file, so that an answer without end costs no memory.
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
  /** Removes the file. */
  close(): void;
}

/** More than the few messages that an answer may take. */
const WHOLE = 32 * 1024;
const TAIL = 4 * 1024;
/** A bot may upload 50 MB. */
const MOST_BYTES = 48 * 1024 * 1024;
const WRITE_AT = 64 * 1024;

/** @param path Where the text goes when it gets long; made only then. */
export function createAnswerText(path: string): AnswerText {
  let head = "";
  let tail = "";
  let length = 0;
  let unwritten = "";
  let written = 0;
  let complete = true;
  let file: number | undefined;

  function write(): void {
    const bytes = Buffer.from(unwritten);
    unwritten = "";
    if (!complete || bytes.length === 0) return;
    try {
      if (written + bytes.length > MOST_BYTES) throw new RangeError("too long to be uploaded");
      file ??= openSync(path, "w", 0o600);
      written += writeSync(file, bytes);
    } catch {
      // A full disk must not end the run: what is missing is said where the file is sent.
      complete = false;
    }
  }

  return {
    append(text) {
      if (length + text.length <= WHOLE) head += text;
      else {
        if (unwritten === "" && written === 0 && complete) unwritten = head;
        unwritten += text;
        if (unwritten.length >= WRITE_AT) write();
      }
      length += text.length;
      tail += text;
      if (tail.length > TAIL * 4) tail = tail.slice(-TAIL);
    },
    get length() {
      return length;
    },
    get whole() {
      return length <= WHOLE && head.length === length ? head : undefined;
    },
    get head() {
      return head;
    },
    get tail() {
      return tail.slice(-TAIL);
    },
    bytes() {
      if (head.length === length) return { bytes: Buffer.from(head), complete: true };
      write();
      return { bytes: file === undefined ? Buffer.from(head) : readFileSync(path), complete };
    },
    close() {
      if (file === undefined) return;
      closeSync(file);
      file = undefined;
      rmSync(path, { force: true });
    },
  };
}
