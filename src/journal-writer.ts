import { type Clock, sleep } from "./clock.ts";
import { type Journal, RemovedError } from "./journal.ts";

export interface JournalWriterOptions {
  readonly clock: Clock;
  /**
   * Called once when the disk takes no more, and once with `undefined` when it does again; with each write that finds the
   * file removed.
   */
  readonly onTrouble: (error: unknown) => void;
}

interface Entry {
  readonly records: readonly object[];
  /** Gives up at the first failure. */
  readonly impatient: boolean;
  resolve(): void;
  reject(error: unknown): void;
}

const RETRY_MS = 2_000;

/**
 * Writes records to a journal in the order of the calls. When the disk is full or read-only, what has to be written
 * waits and is tried again, with everything that comes later behind it: an order that a failure has changed would
 * tell another story when it is replayed.
 */
export class JournalWriter {
  readonly #journal: Journal;
  readonly #options: JournalWriterOptions;
  #waiting: Entry[] = [];
  #work: Promise<void> | undefined;
  #inTrouble = false;
  #closed = false;
  #wake = new AbortController();

  constructor(journal: Journal, options: JournalWriterOptions) {
    this.#journal = journal;
    this.#options = options;
  }

  /** Resolves when the records are on the disk, however long that takes. @throws when the writer is closed before. */
  append(records: readonly object[]): Promise<void> {
    return this.#add(records, false);
  }

  /** As `append`, but tries only once. @throws the file system's error; then none of the records counts. */
  appendNow(records: readonly object[]): Promise<void> {
    const written = this.#add(records, true);
    this.#wake.abort();
    return written;
  }

  /** Tries once more to write what waits, then closes the journal. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#wake.abort();
    await this.#work;
    await this.#journal.close();
  }

  #add(records: readonly object[], impatient: boolean): Promise<void> {
    if (records.length === 0) return Promise.resolve();
    if (this.#closed) return Promise.reject(new Error("the journal is closed"));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ records, impatient, resolve, reject });
      this.#work ??= this.#writeAll();
    });
  }

  async #writeAll(): Promise<void> {
    // What is asked for in one go shares a write.
    await undefined;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#journal.append(batch.flatMap(({ records }) => records));
        for (const { resolve } of batch) resolve();
        if (this.#inTrouble) this.#options.onTrouble(undefined);
        this.#inTrouble = false;
      } catch (error) {
        await this.#failed(batch, error);
      }
    }
    // Here, and not a moment later: whoever asks from now on needs a new round.
    this.#work = undefined;
  }

  async #failed(batch: readonly Entry[], error: unknown): Promise<void> {
    const lost = batch.filter(({ impatient }) => impatient || this.#closed);
    this.#waiting = [...batch.filter((entry) => !lost.includes(entry)), ...this.#waiting];
    // A file that was removed again, while it was being made anew, is another trouble.
    if (!this.#inTrouble || error instanceof RemovedError) this.#options.onTrouble(error);
    this.#inTrouble = true;
    for (const { reject } of lost) reject(error);
    if (this.#waiting.length === 0 || this.#closed) return;
    this.#wake = new AbortController();
    await sleep(this.#options.clock, RETRY_MS, this.#wake.signal);
  }
}
