import { dateWords } from "./schedules/words.ts";

/** What turns have used, in sum. Costs are in US dollars. */
export interface Sum {
  readonly turns: number;
  /** How many of them told no cost. */
  readonly unpriced: number;
  readonly costUsd: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** How full a session's context is, as its last turn told. Both in tokens. */
export interface Context {
  readonly contextTokens: number;
  readonly contextWindow: number;
}

/** Of one session of one agent. */
export interface SessionSum extends Sum {
  readonly agent: string;
  readonly sessionId: string;
  readonly context?: Context;
}

/** Of one day, named as `localDay` does. */
export interface DaySum extends Sum {
  readonly day: string;
}

export type SpendingRecord =
  /** What the turn of a job has used, however it ended. `day` is the one on which it ended, by the local clock. */
  | {
      readonly k: "spent";
      readonly id: string;
      readonly day: string;
      readonly agent: string;
      readonly sessionId?: string;
      readonly costUsd?: number;
      readonly inputTokens?: number;
      readonly outputTokens?: number;
      readonly context?: Context;
    }
  /** What may be spent on that day, in place of what the budget says. */
  | { readonly k: "lifted"; readonly day: string; readonly usd: number }
  /** Only in a compacted journal: what older records come to. The jobs are those that count in it already. */
  | {
      readonly k: "spendings";
      readonly days: readonly DaySum[];
      readonly sessions: readonly SessionSum[];
      readonly jobs: readonly string[];
    };

const MOST_DAYS = 400;
const MOST_SESSIONS = 300;
/** Of records that come twice the second one comes soon. */
const MOST_JOBS = 500;
const NOTHING: Sum = { turns: 0, unpriced: 0, costUsd: 0, inputTokens: 0, outputTokens: 0 };

/** The day of a moment (milliseconds since the epoch) by the local clock: `2026-12-24`. */
export function localDay(ms: number): string {
  return dateWords(new Date(ms));
}

/**
 * What has been spent, by day and by session. Of both the ones that were added to last are kept: a clock that was wrong
 * for a while cannot push out those that count.
 */
export class Spending {
  readonly #days = new Map<string, DaySum>();
  /** By agent and session. */
  readonly #sessions = new Map<string, SessionSum>();
  readonly #jobs = new Set<string>();
  #lifted: { readonly day: string; readonly usd: number } | undefined;

  /** A record that comes twice changes nothing. */
  apply(record: SpendingRecord): void {
    switch (record.k) {
      case "spent":
        this.#spend(record);
        return;
      case "lifted":
        this.#lifted = { day: record.day, usd: record.usd };
        return;
      case "spendings":
        for (const map of [this.#days, this.#sessions, this.#jobs]) map.clear();
        for (const sum of record.days) keep(this.#days, sum.day, sum, MOST_DAYS);
        for (const sum of record.sessions) keep(this.#sessions, keyOf(sum), sum, MOST_SESSIONS);
        for (const id of record.jobs) this.#count(id);
    }
  }

  /** The fewest records that give this again. */
  records(): SpendingRecord[] {
    const jobs = [...this.#jobs];
    return [
      ...(jobs.length === 0
        ? []
        : [
            {
              k: "spendings" as const,
              days: [...this.#days.values()],
              sessions: [...this.#sessions.values()],
              jobs,
            },
          ]),
      ...(this.#lifted ? [{ k: "lifted" as const, ...this.#lifted }] : []),
    ];
  }

  /** Of a day, as `localDay` names it. */
  ofDay(day: string): Sum {
    return this.#days.get(day) ?? NOTHING;
  }

  /** Of the month that a day belongs to, as far as its days are still known. */
  ofMonth(day: string): Sum {
    const month = day.slice(0, day.lastIndexOf("-") + 1);
    return [...this.#days.values()].filter((sum) => sum.day.startsWith(month)).reduce<Sum>(add, NOTHING);
  }

  /** Undefined when nothing is known of it. */
  ofSession(agent: string, sessionId: string): SessionSum | undefined {
    return this.#sessions.get(keyOf({ agent, sessionId }));
  }

  /** What may be spent on a day in place of what the budget says, in US dollars. */
  liftedTo(day: string): number | undefined {
    return this.#lifted?.day === day ? this.#lifted.usd : undefined;
  }

  #spend(record: Extract<SpendingRecord, { readonly k: "spent" }>): void {
    const { id, day, agent, sessionId, costUsd, inputTokens = 0, outputTokens = 0, context } = record;
    if (this.#jobs.has(id)) return;
    this.#count(id);
    const unpriced = costUsd === undefined ? 1 : 0;
    const used: Sum = { turns: 1, unpriced, costUsd: costUsd ?? 0, inputTokens, outputTokens };
    keep(this.#days, day, { day, ...add(this.ofDay(day), used) }, MOST_DAYS);
    if (sessionId === undefined) return;
    const before = this.ofSession(agent, sessionId);
    // A turn that was stopped early may not tell it.
    const latest = context ?? before?.context;
    const session = { agent, sessionId, ...add(before ?? NOTHING, used), ...(latest && { context: latest }) };
    keep(this.#sessions, keyOf(session), session, MOST_SESSIONS);
  }

  #count(id: string): void {
    this.#jobs.add(id);
    const oldest = this.#jobs.size > MOST_JOBS ? this.#jobs.values().next().value : undefined;
    if (oldest !== undefined) this.#jobs.delete(oldest);
  }
}

function keyOf({ agent, sessionId }: Pick<SessionSum, "agent" | "sessionId">): string {
  return `${agent} ${sessionId}`;
}

function add(a: Sum, b: Sum): Sum {
  return {
    turns: a.turns + b.turns,
    unpriced: a.unpriced + b.unpriced,
    // Ten times ten cents are a dollar.
    costUsd: Math.round((a.costUsd + b.costUsd) * 1e9) / 1e9,
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
  };
}

/** Makes it the latest one, and lets go of the one that was not added to for the longest time. */
function keep<T>(map: Map<string, T>, key: string, value: T, most: number): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.size > most ? map.keys().next().value : undefined;
  if (oldest !== undefined) map.delete(oldest);
}
