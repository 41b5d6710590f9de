/** The last part of a stream of bytes, with the place of each byte in the whole of it. */
export class Ring {
  readonly #capacity: number;
  #chunks: Buffer[] = [];
  #held = 0;
  #position: number;

  constructor(capacity: number, position = 0) {
    this.#capacity = capacity;
    this.#position = position;
  }

  /** Where it begins, and how many bytes have come since. */
  get position(): number {
    return this.#position;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    this.#position += chunk.length;
    while (this.#held - (this.#chunks[0]?.length ?? 0) >= this.#capacity)
      this.#held -= this.#chunks.shift()?.length ?? 0;
    // Thousands of single keys take far more memory than what is in them.
    if (this.#chunks.length > MOST_CHUNKS) this.#chunks = [Buffer.concat(this.#chunks)];
  }

  /** All from there on; undefined when that is not remembered any more, or has not come yet. */
  since(position: number): Buffer | undefined {
    const start = this.#position - this.#held;
    if (!Number.isInteger(position) || position > this.#position) return undefined;
    if (position < Math.max(start, this.#position - this.#capacity)) return undefined;
    return Buffer.concat(this.#chunks).subarray(position - start);
  }
}

const MOST_CHUNKS = 1_024;
