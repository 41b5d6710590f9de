import { constants } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { isStillNamed } from "./still-named.ts";

/** As "a+", but never through a symbolic link where the system can refuse that. */
const APPEND = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);

/** Somebody has removed the file, or moved it away: what is written to it nobody will find. `Journal.compact` makes it anew. */
export class RemovedError extends Error {
  override name = "RemovedError";
  readonly code = "removed";

  constructor(path: string) {
    super(`${path} was removed`);
  }
}

/**
 * An append-only file of JSON objects, one a line. What `append` has resolved for is on the disk and survives a power
 * cut. A line that cannot be read, such as the torn last one after a crash, is skipped when the file is replayed.
 */
export class Journal {
  readonly path: string;
  #file: FileHandle;
  #size: number;
  /** The file may end in half a line, which must not swallow the next one. */
  #torn: boolean;
  #waiting: { text: string; resolve: () => void; reject: (error: unknown) => void }[] = [];
  #work: Promise<void> = Promise.resolve();

  private constructor(path: string, file: FileHandle, size: number, torn: boolean) {
    this.path = path;
    this.#file = file;
    this.#size = size;
    this.#torn = torn;
  }

  /**
   * Opens the journal, making it when it is not there (0600), and hands each readable record to `replay` in order.
   * @returns the journal and how many lines could not be read.
   * @throws when the file cannot be opened or read.
   */
  static async open(
    path: string,
    replay: (record: object) => void,
  ): Promise<{ journal: Journal; unreadable: number }> {
    const file = await open(path, APPEND, 0o600);
    await file.chmod(0o600);
    const text = await file.readFile("utf8");
    const unreadable = replayText(text, replay);
    const torn = text !== "" && !text.endsWith("\n");
    // A new file's name, too, has to survive a power cut.
    if (text === "") await syncFolder(dirname(path));
    const { size } = await file.stat();
    return { journal: new Journal(path, file, size, torn), unreadable };
  }

  /** In bytes. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds records in the order of the calls; resolves when they are on the disk. Calls made while a write is under way
   * share the next one.
   * @throws the file system's error; then none of the records counts.
   */
  append(records: readonly object[]): Promise<void> {
    if (records.length === 0) return Promise.resolve();
    const text = records.map((record) => `${JSON.stringify(record)}\n`).join("");
    return new Promise((resolve, reject) => {
      this.#waiting.push({ text, resolve, reject });
      if (this.#waiting.length === 1) this.#work = this.#work.then(() => this.#write());
    });
  }

  async #write(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    const text = (this.#torn ? "\n" : "") + batch.map((each) => each.text).join("");
    try {
      await this.#file.appendFile(text);
      await this.#file.sync();
      const stats = await this.#file.stat();
      if (!isStillNamed(this.path, stats)) throw new RemovedError(this.path);
      this.#size = stats.size;
      this.#torn = false;
      for (const each of batch) each.resolve();
    } catch (error) {
      await this.#undo();
      for (const each of batch) each.reject(error);
    }
  }

  /** Takes back what a failed write has left, so that no record counts later that was reported as lost. */
  async #undo(): Promise<void> {
    try {
      await this.#file.truncate(this.#size);
    } catch {
      this.#torn = true;
    }
  }

  /**
   * Replaces the whole content in one step: a crash leaves the old or the new file. `records` is asked for when the
   * appends before it are written, so none can fall between.
   * @throws the file system's error; then the old file stays.
   */
  compact(records: () => readonly object[]): Promise<void> {
    const work = this.#work.then(() => this.#replace(records()));
    this.#work = work.catch(() => {});
    return work;
  }

  async #replace(records: readonly object[]): Promise<void> {
    const temporary = `${this.path}.tmp`;
    const text = records.map((record) => `${JSON.stringify(record)}\n`).join("");
    await rm(temporary, { force: true });
    const file = await open(temporary, "ax", 0o600);
    try {
      await file.appendFile(text);
      await file.sync();
      await rename(temporary, this.path);
    } catch (error) {
      await file.close();
      await rm(temporary, { force: true }).catch(() => {});
      throw error;
    }
    // From here on the old file has no name: whatever else fails, nothing may be written to it any more.
    const old = this.#file;
    this.#file = file;
    this.#size = Buffer.byteLength(text);
    this.#torn = false;
    await syncFolder(dirname(this.path));
    await old.close();
  }

  /** Sets the file's time of change to now. @throws the file system's error. */
  async touch(): Promise<void> {
    const now = new Date();
    await this.#file.utimes(now, now);
  }

  /** Writes what waits, then closes the file. */
  close(): Promise<void> {
    const closed = this.#work.then(() => this.#file.close());
    this.#work = closed.catch(() => {});
    return closed;
  }
}

/**
 * Hands each readable record of a journal to `replay`, without touching the file.
 * @returns how many lines could not be read: no JSON object, or one that `replay` throws at.
 */
export function replayText(text: string, replay: (record: object) => void): number {
  let unreadable = 0;
  for (const line of text.split("\n")) {
    if (line === "") continue;
    try {
      replay(parseRecord(line));
    } catch {
      unreadable += 1;
    }
  }
  return unreadable;
}

function parseRecord(line: string): object {
  const value: unknown = JSON.parse(line);
  if (typeof value !== "object" || value === null) throw new TypeError("not a record");
  return value;
}

// Without it a power cut may undo a name, although the file itself was written. Not every file system can do it.
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync().catch(() => {});
  } finally {
    await folder.close();
  }
}
