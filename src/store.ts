import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { type MessageRef, movedConversation } from "./chat/messenger.ts";
import { type Clock, sleep, systemClock } from "./clock.ts";
import type { Job, JobProcess, OpenJob, PastJob } from "./jobs/job.ts";
import { Journal, RemovedError, replayText } from "./journal.ts";
import { JournalWriter } from "./journal-writer.ts";
import type { Log } from "./log.ts";
import { parseRecord } from "./records.ts";
import type { Schedule } from "./schedules/schedule.ts";
import type { Spending } from "./spending.ts";
import { messageKey, State } from "./state.ts";
import type { Erasure, StoreRecord } from "./store-record.ts";
import type { Update } from "./telegram/types.ts";

/** Until what is in the way of a new journal is looked at again. */
const REMAKE_MS = 2_000;
const COMPACT_ABOVE_BYTES = 1024 * 1024;

/** An update as it may be written down, and what else is written with it. */
export interface Covered {
  readonly update: Update;
  readonly also: readonly StoreRecord[];
}

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
  /** When the last life of the bridge wrote something or showed that it was alive; milliseconds since the epoch. */
  readonly lastAlive: number | undefined;
  readonly #journal: Journal;
  readonly #writer: JournalWriter;
  readonly #log: Log;
  readonly #state: State;
  #onTrouble: (trouble: string | undefined) => void = () => {};
  #prepare: () => void = () => {};
  #onRemade: (error?: unknown) => void = () => {};
  readonly #clock: Clock;
  #closed = false;
  #remaking = false;
  #compacting = false;
  #compactAbove = COMPACT_ABOVE_BYTES;

  private constructor(
    journal: Journal,
    { state, log, clock, lastAlive }: { state: State; log: Log; clock: Clock; lastAlive: number | undefined },
  ) {
    this.#journal = journal;
    this.#state = state;
    this.#log = log;
    this.#clock = clock;
    this.lastAlive = lastAlive;
    this.#writer = new JournalWriter(journal, { clock, onTrouble: (error) => this.#troubled(error) });
  }

  /** @throws the file system's error when the journal cannot be opened. */
  static async open(path: string, log: Log, clock: Clock = systemClock): Promise<Store> {
    const state = new State();
    const lastAlive = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    const { journal, unreadable } = await Journal.open(path, into(state));
    if (unreadable > 0) log.warn("journal lines skipped", { unreadable });
    const store = new Store(journal, { state, log, clock, lastAlive });
    store.#compactWhenLarge();
    return store;
  }

  /** Calls back when the disk takes nothing more, with the reason, and without one when it does again. */
  onTrouble(callback: (trouble: string | undefined) => void): void {
    this.#onTrouble = callback;
  }

  /**
   * What happens when the journal was removed.
   * @param prepare Called before it is made anew.
   * @param told Called when it is, and before that with the error of the first try that failed.
   */
  onRemoved(prepare: () => void, told: (error?: unknown) => void): void {
    this.#prepare = prepare;
    this.#onRemade = told;
  }

  /** Shows the next life that this one lives, without writing anything. */
  async touch(): Promise<void> {
    await this.#journal.touch().catch((error) => this.#log.debug("journal not touched", { error }));
  }

  /**
   * Resolves when the records are on the disk; on one that takes nothing they wait until it does. What they mean holds
   * from the call on. @throws when the store is closed before.
   */
  async record(...records: StoreRecord[]): Promise<void> {
    for (const record of records) this.#state.apply(record);
    await this.#writer.append(records);
    this.#compactWhenLarge();
  }

  /** Writes without waiting. */
  note(...records: StoreRecord[]): void {
    this.record(...records).catch((error) => this.#log.error("journal not written", { error }));
  }

  /**
   * Writes updates down that were not seen before, and gives back those.
   * @param cover Takes out of each, in order, what must not be written down. One that could not be written comes again.
   * @throws the file system's error; then they count as not seen.
   */
  async receive(
    updates: readonly Update[],
    cover: (update: Update) => Covered = (update) => ({ update, also: [] }),
  ): Promise<readonly Update[]> {
    const unique = new Map(updates.map((update) => [update.update_id, update]));
    const news = [...unique.values()].filter(({ update_id }) => !this.#state.seen.has(update_id));
    const fresh: Update[] = [];
    const records: StoreRecord[] = [];
    for (const each of news) {
      const { update, also } = cover(each);
      const written: StoreRecord[] = [{ k: "update", update }, ...also];
      // First, so that a compaction in between cannot leave them out.
      for (const record of written) this.#state.apply(record);
      fresh.push(update);
      records.push(...written);
    }
    try {
      await this.#writer.appendNow(records);
    } catch (error) {
      this.#state.forget(fresh);
      throw error;
    }
    this.#compactWhenLarge();
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

  /** The jobs that were over last, the latest first. */
  get pastJobs(): readonly PastJob[] {
    return this.#state.past;
  }

  nextNumber(): number {
    return this.#state.lastNumber + 1;
  }

  /** The agent's session that the next prompt in a conversation goes on with. */
  session(conversation: string, agent: string): string | undefined {
    return this.#state.sessions.get(`${conversation} ${agent}`);
  }

  /** The records that give a chat under its new id all that its conversations have. */
  movedChat(from: number, to: number): StoreRecord[] {
    return this.#state.records().flatMap((record): StoreRecord[] => {
      if (record.k !== "session" && record.k !== "choice") return [];
      const conversation = movedConversation(record.conversation, from, to);
      return conversation === undefined ? [] : [{ ...record, conversation }];
    });
  }

  /** The processes that outlive their turns, by their marks. At the start those of the earlier life. */
  get staying(): ReadonlyMap<string, JobProcess> {
    return this.#state.staying;
  }

  /** What was chosen in a conversation. */
  choice(conversation: string, name: string): string | undefined {
    return this.#state.choices.get(`${conversation} ${name}`);
  }

  /** What an agent may always do, in its own notation. */
  rules(agent: string): readonly string[] {
    return this.#state.rules.get(agent) ?? [];
  }

  /** Oldest first. */
  get schedules(): readonly Schedule[] {
    return [...this.#state.schedules.values()];
  }

  schedule(id: string): Schedule | undefined {
    return this.#state.schedules.get(id);
  }

  nextScheduleNumber(): number {
    return this.#state.lastSchedule + 1;
  }

  /** The secret whose value the next message in this chat is. */
  askedSecret(chatId: number): string | undefined {
    return this.#state.awaited.get(chatId);
  }

  /** Messages that are still to be taken out of their chats. */
  get erasures(): readonly Erasure[] {
    return [...this.#state.erasures.values()];
  }

  erasure(message: MessageRef): Erasure | undefined {
    return this.#state.erasures.get(messageKey(message));
  }

  /** What turns have used so far. */
  get spending(): Spending {
    return this.#state.spending;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#writer.close();
  }

  #troubled(error: unknown): void {
    if (error === undefined) this.#log.info("journal written again");
    else this.#log.error("journal not written", { error });
    if (error instanceof RemovedError) {
      if (this.#remaking) return;
      this.#remaking = true;
      void this.#remake().finally(() => {
        this.#remaking = false;
      });
      return;
    }
    const code = (error as NodeJS.ErrnoException | undefined)?.code;
    this.#onTrouble(error === undefined ? undefined : (code ?? String(error)));
  }

  /** The folder was emptied under our feet: what is known is written anew. */
  async #remake(): Promise<void> {
    for (let tries = 0; !this.#closed; tries++) {
      try {
        this.#prepare();
        await this.#journal.compact(() => this.#state.records());
        return this.#onRemade();
      } catch (error) {
        if (tries === 0) {
          this.#log.error("journal not made anew", { error });
          this.#onRemade(error);
        }
        await sleep(this.#clock, REMAKE_MS);
      }
    }
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
