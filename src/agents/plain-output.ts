/** Turns what a program writes to a terminal into plain text, piece by piece. */
export interface PlainOutput {
  /** The text that can be told so far. A character or sequence that is not whole yet is kept back. */
  push(chunk: Buffer): string;
  end(): string;
}

// A sequence that has not ended after this many characters is none, or a picture: it is let go.
const MAX_SEQUENCE = 65_536;

// Escape sequences, ECMA-48 section 5.4 and 5.6: strings up to BEL or ST (title, link, picture), CSI, and the short ones.
const SEQUENCE =
  /\x1b(?:[\]PX^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)|\[[0-?]*[ -/]*[@-~]|[ -/]*[0-OQ-WYZ\\`-~])/g;
const UNFINISHED = /(?:\x1b(?:[\]PX^_][^\x07\x1b\x9c]*\x1b?|\[[0-?]*[ -/]*|[ -/]*)|\r+)$/;
const SPECIAL = /[\0-\x08\x0b-\x1f\x7f-\x9f]/;
const CONTROLS = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g;

/**
 * Decodes UTF-8 and leaves out escape sequences and control characters. A carriage return alone, by which
 * progress bars write over themselves, begins a new line.
 */
export function plainOutput(): PlainOutput {
  const decoder = new TextDecoder();
  let kept = "";

  const take = (text: string, isEnd: boolean): string => {
    const all = kept + text;
    kept = "";
    if (!SPECIAL.test(all)) return all;
    const start = isEnd ? -1 : all.search(UNFINISHED);
    if (start >= 0 && all.length - start <= MAX_SEQUENCE) kept = all.slice(start);
    return clean(all.slice(0, all.length - kept.length));
  };
  return {
    push: (chunk) => take(decoder.decode(chunk, { stream: true }), false),
    end: () => take(decoder.decode(), true),
  };
}

function clean(text: string): string {
  return text.replace(SEQUENCE, "").replace(/\r+\n/g, "\n").replace(/\r+/g, "\n").replace(CONTROLS, "");
}
