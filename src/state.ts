import type { MessageRef } from "./chat/messenger.ts";
import type { Job, JobProcess, OpenJob, PastJob } from "./jobs/job.ts";
import type { Schedule } from "./schedules/schedule.ts";
import { Spending } from "./spending.ts";
import { JobsState } from "./state/jobs.ts";
import { SchedulesState } from "./state/schedules.ts";
import type { Erasure, StoreRecord } from "./store-record.ts";
import type { Update } from "./telegram/types.ts";

/** As many update ids are remembered as can possibly come again: the server keeps updates for a day. */
const MOST_SEEN = 5_000;

/** What follows from the records: the latest known state of everything that is not over. */
export class State {
  readonly seen = new Set<number>();
  readonly unhandled = new Map<number, Update>();
  /** By conversation and agent. */
  readonly sessions = new Map<string, string>();
  /** By conversation and name. */
  readonly choices = new Map<string, string>();
  /** By agent. */
  readonly rules = new Map<string, readonly string[]>();
  /** By mark. */
  readonly staying = new Map<string, JobProcess>();
  /** By chat, the name of the secret whose value comes next. */
  readonly awaited = new Map<number, string>();
  /** By chat and message. */
  readonly erasures = new Map<string, Erasure>();
  readonly spending = new Spending();
  readonly #jobs = new JobsState();
  readonly #schedules = new SchedulesState();

  get jobs(): ReadonlyMap<string, OpenJob> {
    return this.#jobs.open;
  }

  get last(): Job | undefined {
    return this.#jobs.last;
  }

  get past(): readonly PastJob[] {
    return this.#jobs.past;
  }

  get lastNumber(): number {
    return this.#jobs.lastNumber;
  }

  get schedules(): ReadonlyMap<string, Schedule> {
    return this.#schedules.all;
  }

  get lastSchedule(): number {
    return this.#schedules.lastNumber;
  }

  /** A record that is not known, or comes twice, changes nothing. */
  apply(record: StoreRecord): void {
    switch (record.k) {
      case "update":
        if (this.seen.has(record.update.update_id)) return;
        this.#see(record.update.update_id);
        this.unhandled.set(record.update.update_id, record.update);
        return;
      case "handled":
        this.#handled(record.updates);
        return;
      case "queued":
        this.#handled(record.job.updates);
        if (this.#jobs.queue(record) && record.fired) this.#schedules.fired(record.fired);
        return;
      case "changed":
        this.#handled(record.updates);
        this.#jobs.apply(record);
        return;
      case "held":
      case "requeued":
      case "started":
      case "shown":
      case "answered":
      case "interrupted":
      case "ended":
      case "asked":
      case "decided":
        this.#jobs.apply(record);
        return;
      case "scheduled":
        this.#handled(record.updates);
        this.#schedules.apply(record);
        return;
      case "rescheduled":
      case "unscheduled":
        this.#schedules.apply(record);
        return;
      case "spent":
      case "lifted":
      case "spendings":
        this.spending.apply(record);
        return;
      case "session":
        setOrDelete(this.sessions, `${record.conversation} ${record.agent}`, record.sessionId);
        return;
      case "choice":
        setOrDelete(this.choices, `${record.conversation} ${record.name}`, record.value);
        return;
      case "rule": {
        const others = (this.rules.get(record.agent) ?? []).filter((rule) => rule !== record.rule);
        this.rules.set(record.agent, [...others, record.rule]);
        return;
      }
      case "staying":
        setOrDelete(this.staying, record.mark, record.process);
        return;
      case "awaited":
        setOrDelete(this.awaited, record.chatId, record.secret);
        return;
      case "erase": {
        const { k, ...erasure } = record;
        this.erasures.set(messageKey(record), erasure);
        return;
      }
      case "erased":
        this.erasures.delete(messageKey(record));
        return;
      case "kept":
        for (const id of record.seen) this.#see(id);
        this.#jobs.lastNumber = record.lastNumber;
        this.#jobs.last = record.last;
        this.#schedules.lastNumber = record.lastSchedule ?? 0;
        this.#jobs.past = record.past ?? [];
    }
  }

  /** As if these updates had never been seen. */
  forget(updates: readonly Update[]): void {
    for (const { update_id } of updates) {
      this.seen.delete(update_id);
      this.unhandled.delete(update_id);
    }
  }

  /** The fewest records that give this state again. */
  records(): StoreRecord[] {
    const unhandled = [...this.unhandled.values()];
    const sessions = [...this.sessions].map(([key, sessionId]): StoreRecord => {
      const [conversation, agent] = halves(key);
      return { k: "session", conversation, agent, sessionId };
    });
    const choices = [...this.choices].map(([key, value]): StoreRecord => {
      const [conversation, name] = halves(key);
      return { k: "choice", conversation, name, value };
    });
    const rules = [...this.rules].flatMap(([agent, all]) =>
      all.map((rule): StoreRecord => ({ k: "rule", agent, rule })),
    );
    const awaited = [...this.awaited].map(
      ([chatId, secret]): StoreRecord => ({ k: "awaited", chatId, secret }),
    );
    const erasures = [...this.erasures.values()].map((erasure): StoreRecord => ({ k: "erase", ...erasure }));
    const staying = [...this.staying].map(
      ([mark, process]): StoreRecord => ({ k: "staying", mark, process }),
    );
    const seen = [...this.seen].filter((id) => !this.unhandled.has(id));
    return [
      ...this.#jobs.records(),
      ...sessions,
      ...choices,
      ...rules,
      ...this.#schedules.records(),
      ...awaited,
      ...erasures,
      ...staying,
      ...this.spending.records(),
      {
        k: "kept",
        seen,
        lastNumber: this.lastNumber,
        ...(this.last ? { last: this.last } : {}),
        ...(this.lastSchedule > 0 ? { lastSchedule: this.lastSchedule } : {}),
        ...(this.past.length > 0 ? { past: this.past } : {}),
      },
      ...unhandled.map((update): StoreRecord => ({ k: "update", update })),
    ];
  }

  #see(id: number): void {
    this.seen.add(id);
    const oldest = this.seen.size > MOST_SEEN ? this.seen.values().next().value : undefined;
    if (oldest !== undefined) this.seen.delete(oldest);
  }

  #handled(updates: readonly number[]): void {
    for (const id of updates) this.unhandled.delete(id);
  }
}

/** Names a message among those of all chats. */
export function messageKey({ chatId, messageId }: MessageRef): string {
  return `${chatId}/${messageId}`;
}

function setOrDelete<K, V>(map: Map<K, V>, key: K, value: V | null): void {
  if (value === null) map.delete(key);
  else map.set(key, value);
}

/** A conversation has no space in its name. */
function halves(key: string): [string, string] {
  const space = key.indexOf(" ");
  return [key.slice(0, space), key.slice(space + 1)];
}
