/** The last part of a stream of bytes, with the place of each byte in the whole of it. */
export class Ring {
  readonly #capacity: number;
  /** Grows with what has come, to twice the capacity: what is remembered moves to its front now and then. */
  #memory = Buffer.alloc(0);
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
    this.#position += chunk.length;
    const last = chunk.subarray(Math.max(0, chunk.length - this.#capacity));
    if (this.#held + last.length > this.#memory.length) this.#makeRoom(last.length);
    last.copy(this.#memory, this.#held);
    this.#held += last.length;
  }

  /** All from there on; undefined when that is not remembered any more, or has not come yet. */
  since(position: number): Buffer | undefined {
    if (!Number.isInteger(position) || position > this.#position) return undefined;
    const length = this.#position - position;
    if (length > Math.min(this.#held, this.#capacity)) return undefined;
    return Buffer.from(this.#memory.subarray(this.#held - length, this.#held));
  }

  #makeRoom(length: number): void {
    const kept = this.#memory.subarray(this.#held - Math.min(this.#held, this.#capacity), this.#held);
    const needed = kept.length + length;
    if (needed > this.#memory.length)
      this.#memory = Buffer.allocUnsafeSlow(Math.min(2 * needed, 2 * this.#capacity));
    kept.copy(this.#memory);
    this.#held = kept.length;
  }
}
