const LEAST_BYTES = 4 << 10;

/**
 * Bytes that come in pieces, copied into one piece of memory, so that what they came in can go at once: memory that is
 * held for some moments is what the collector finds last.
 */
export class Pile {
  #memory = Buffer.alloc(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** All of it, as long as nothing is added or taken away. */
  get bytes(): Buffer {
    return this.#memory.subarray(0, this.#length);
  }

  add(chunk: Buffer): void {
    const needed = this.#length + chunk.length;
    if (needed > this.#memory.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#memory.length, LEAST_BYTES));
      this.#memory.copy(larger, 0, 0, this.#length);
      this.#memory = larger;
    }
    chunk.copy(this.#memory, this.#length);
    this.#length = needed;
  }

  /** @param bytes May be a part of it. */
  replace(bytes: Buffer): void {
    bytes.copy(this.#memory);
    this.#length = bytes.length;
  }

  clear(): void {
    this.#length = 0;
  }
}
