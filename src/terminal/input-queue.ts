import { setTimeout as sleep } from "node:timers/promises";

/** More waits for a program that does not read: nobody types that much. */
const MOST_BYTES = 8 << 20;
const BETWEEN_PARTS_MS = 15;

/** All input of a session, in one order: what is given in one call stays together, whoever else types. */
export class InputQueue {
  readonly #write: (bytes: Uint8Array) => Promise<void>;
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(write: (bytes: Uint8Array) => Promise<void>) {
    this.#write = write;
  }

  /**
   * @param parts Handed over one after the other, with a moment in between and nothing else.
   * @returns Resolves when all is handed over.
   * @throws Error, fit for the chat, when the program has ended or does not read.
   */
  add(...parts: readonly Uint8Array[]): Promise<void> {
    const bytes = parts.reduce((sum, part) => sum + part.length, 0);
    if (this.#waiting + bytes > MOST_BYTES)
      return Promise.reject(new Error("The program does not read what is typed, and too much of it waits."));
    const own = parts.map((part) => Uint8Array.from(part));
    this.#waiting += bytes;
    const written = this.#last
      .then(async () => {
        for (const [index, part] of own.entries()) {
          if (index > 0) await sleep(BETWEEN_PARTS_MS);
          await this.#write(part);
        }
      })
      .finally(() => {
        this.#waiting -= bytes;
      });
    this.#last = written.catch(() => {});
    return written;
  }
}
