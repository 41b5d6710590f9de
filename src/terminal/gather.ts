/** So much at once is what a person or his screen program causes; it is handed on as it comes. */
const CALM_BYTES = 16 << 10;
const WINDOW_MS = 4;
const BLOCK_BYTES = 64 << 10;

/**
 * Hands output on: the echo of a key at once, a flood in large pieces. A terminal gives it in pieces of 4 kB, and what each
 * of them costs on its way to everybody who looks is more than what is in it.
 */
export class Gather {
  readonly #handOn: (bytes: Buffer) => void;
  #windowBegan = 0;
  #inWindow = 0;
  #block = Buffer.alloc(0);
  /** What of the block has been handed on, and how much of it is filled. */
  #start = 0;
  #end = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(handOn: (bytes: Buffer) => void) {
    this.#handOn = handOn;
  }

  push(chunk: Buffer): void {
    const now = performance.now();
    if (now - this.#windowBegan > WINDOW_MS) {
      this.#windowBegan = now;
      this.#inWindow = 0;
    }
    this.#inWindow += chunk.length;
    const isCalm = this.#inWindow <= CALM_BYTES && this.#start === this.#end;
    if (isCalm || chunk.length >= BLOCK_BYTES) {
      this.flush();
      this.#handOn(chunk);
      return;
    }
    for (let taken = 0; taken < chunk.length; ) {
      if (this.#end === this.#block.length) this.#newBlock();
      const copied = chunk.copy(this.#block, this.#end, taken);
      this.#end += copied;
      taken += copied;
    }
    this.#timer ??= setTimeout(() => this.flush(), WINDOW_MS);
  }

  /** Hands on what is there. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#start === this.#end) return;
    const bytes = this.#block.subarray(this.#start, this.#end);
    this.#start = this.#end;
    this.#handOn(bytes);
  }

  #newBlock(): void {
    this.flush();
    this.#block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    this.#start = 0;
    this.#end = 0;
  }
}
