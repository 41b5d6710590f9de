/** What a program asks its terminal: which kind it is, where its cursor is, its modes, colours and size. */
const QUERY =
  /\x05|\x1bZ|\x1b\[[>=]?[\d;]*c|\x1b\[\??\d*n|\x1b\[\??[\d;]*\$p|\x1b\[>\d*q|\x1b\[\?u|\x1b\[(?:1[13-9]|2[01])t|\x1b\](?:4;\d+|1[0-9]);\?(?:\x07|\x1b\\)|\x1bP[$+]q[^\x1b]*\x1b\\/g;
/** What may become one with the bytes that follow. */
const BEGUN =
  /\x1b(?:\[[>=?]?[\d;]*\$?|\](?:\d{0,2}|(?:4;\d*|1[0-9]);?\??\x1b?|4;\d+;\??\x1b?)|P(?:[$+](?:q[^\x1b]{0,200}\x1b?)?)?)?$/;

/**
 * Takes out of a program's output what would have this terminal answer. The screen beside the program has answered
 * already, and who looks at it may be many, or late: the answers would be typed.
 */
export class QueryFilter {
  #held = "";

  push(chunk: Buffer): Buffer {
    if (this.#held === "" && !chunk.includes(0x1b) && !chunk.includes(0x05)) return chunk;
    const text = (this.#held + chunk.toString("latin1")).replace(QUERY, "");
    this.#held = BEGUN.exec(text)?.[0] ?? "";
    return Buffer.from(text.slice(0, text.length - this.#held.length), "latin1");
  }
}
