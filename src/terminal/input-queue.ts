import { setTimeout as sleep } from "node:timers/promises";

/** More waits for a program that does not read: nobody types that much. */
const MOST_BYTES = 8 << 20;
const BETWEEN_PARTS_MS = 15;

/** Hands bytes over. @throws Error, fit for the chat, when the program has ended or does not read. */
export type Write = (bytes: Uint8Array) => Promise<void>;

/** All input of a session, in one order: what is given in one call stays together, whoever else types. */
export class InputQueue {
  readonly #write: Write;
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;
  #holds = 0;

  constructor(write: Write) {
    this.#write = write;
  }

  /**
   * @param parts Handed over one after the other, with a moment in between and nothing else.
   * @returns Resolves when all is handed over.
   * @throws Error, fit for the chat, when the program has ended or does not read.
   */
  add(...parts: readonly Uint8Array[]): Promise<void> {
    const own = parts.map((part) => Uint8Array.from(part));
    return this.#counted(own, () => {
      const written = this.#last.then(async () => {
        for (const [index, part] of own.entries()) {
          if (index > 0) await sleep(BETWEEN_PARTS_MS);
          await this.#write(part);
        }
      });
      this.#last = written.catch(() => {});
      return written;
    });
  }

  /**
   * For one who looks at the screen between two parts. In its turn, `work` types by what it is given; all others wait
   * until it is done, or for `mostMs`: a person at the keys must not be kept out by a program that does not answer.
   * @returns what `work` returns, and throws what it throws.
   */
  hold<T>(mostMs: number, work: (write: Write) => Promise<T>): Promise<T> {
    let isMine = true;
    const write: Write = (bytes) =>
      isMine ? this.#counted([bytes], () => this.#write(bytes)) : this.add(bytes);
    const turn = this.#last;
    const done = turn.then(() => {
      this.#holds += 1;
      return work(write);
    });
    this.#last = turn.then(async () => {
      const over = new AbortController();
      const late = sleep(mostMs, undefined, { signal: over.signal });
      await Promise.race([done, late]).catch(() => {});
      late.catch(() => {});
      over.abort();
      isMine = false;
      this.#holds -= 1;
    });
    return done;
  }

  /** What a terminal answers to its program, which may wait for it before it shows what is typed. */
  answer(bytes: Uint8Array): Promise<void> {
    return this.#holds > 0 ? this.#write(bytes) : this.add(bytes);
  }

  #counted(parts: readonly Uint8Array[], hand: () => Promise<void>): Promise<void> {
    const bytes = parts.reduce((sum, part) => sum + part.length, 0);
    if (this.#waiting + bytes > MOST_BYTES)
      return Promise.reject(new Error("The program does not read what is typed, and too much of it waits."));
    this.#waiting += bytes;
    return hand().finally(() => {
      this.#waiting -= bytes;
    });
  }
}
