import { readFile } from "node:fs/promises";
import type { Job, OpenJob } from "./jobs/job.ts";
import { Journal, replayText } from "./journal.ts";
import type { Log } from "./log.ts";
import { parseRecord } from "./records.ts";
import { State, type StoreRecord } from "./state.ts";
import type { Update } from "./telegram/types.ts";

const COMPACT_ABOVE_BYTES = 1024 * 1024;

/** What a project remembers, read without a claim to it; empty when there is nothing. */
export async function readState(
  path: string,
): Promise<{ openJobs: OpenJob[]; sessions: ReadonlyMap<string, string> }> {
  const state = new State();
  const text = await readFile(path, "utf8").catch(() => "");
  replayText(text, into(state));
  return { openJobs: [...state.jobs.values()], sessions: state.sessions };
}

/** What the project remembers: the journal, and the state that follows from it. */
export class Store {
  readonly #journal: Journal;
  readonly #log: Log;
  readonly #state: State;
  #compacting = false;
  #compactAbove = COMPACT_ABOVE_BYTES;

  private constructor(journal: Journal, state: State, log: Log) {
    this.#journal = journal;
    this.#state = state;
    this.#log = log;
  }

  /** @throws the file system's error when the journal cannot be opened. */
  static async open(path: string, log: Log): Promise<Store> {
    const state = new State();
    const { journal, unreadable } = await Journal.open(path, into(state));
    if (unreadable > 0) log.warn("journal lines skipped", { unreadable });
    const store = new Store(journal, state, log);
    store.#compactWhenLarge();
    return store;
  }

  /** Resolves when the records are on the disk. What they mean holds from the call on. */
  async record(...records: StoreRecord[]): Promise<void> {
    for (const record of records) this.#state.apply(record);
    await this.#journal.append(records);
    this.#compactWhenLarge();
  }

  /** For what is no loss when it is lost: writes without waiting, and only logs when it cannot. */
  note(...records: StoreRecord[]): void {
    this.record(...records).catch((error) => this.#log.error("journal not written", { error }));
  }

  /**
   * Writes updates down that were not seen before, and gives back those.
   * @throws the file system's error; then they count as not seen.
   */
  async receive(updates: readonly Update[]): Promise<readonly Update[]> {
    const unique = new Map(updates.map((update) => [update.update_id, update]));
    const fresh = [...unique.values()].filter(({ update_id }) => !this.#state.seen.has(update_id));
    const records = fresh.map((update): StoreRecord => ({ k: "update", update }));
    await this.#journal.append(records);
    for (const record of records) this.#state.apply(record);
    return fresh;
  }

  /** Updates that came in before a crash and were not dealt with, oldest first. */
  get unhandled(): readonly Update[] {
    return [...this.#state.unhandled.values()];
  }

  /** Jobs that have not ended, oldest first. */
  get openJobs(): readonly OpenJob[] {
    return [...this.#state.jobs.values()];
  }

  job(id: string): OpenJob | undefined {
    return this.#state.jobs.get(id);
  }

  /** The latest prompt, ended or not. */
  get lastJob(): Job | undefined {
    return this.#state.last;
  }

  nextNumber(): number {
    return this.#state.lastNumber + 1;
  }

  /** The agent's session that the next prompt goes on with. */
  session(agent: string): string | undefined {
    return this.#state.sessions.get(agent);
  }

  async close(): Promise<void> {
    await this.#journal.close();
  }

  #compactWhenLarge(): void {
    if (this.#compacting || this.#journal.size < this.#compactAbove) return;
    this.#compacting = true;
    this.#journal
      .compact(() => this.#state.records())
      .catch((error) => this.#log.error("journal not compacted", { error }))
      .finally(() => {
        this.#compacting = false;
        // A state that is itself large must not be compacted again at every step.
        this.#compactAbove = Math.max(COMPACT_ABOVE_BYTES, this.#journal.size * 2);
      });
  }
}

function into(state: State): (record: object) => void {
  return (record) => {
    const known = parseRecord(record);
    if (known) state.apply(known);
  };
}
