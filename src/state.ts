import type { MessageRef } from "./chat/messenger.ts";
import type { Job, JobOutcome, JobProcess, OpenJob, PromptPart, StoredAnswer } from "./jobs/job.ts";
import type { Firing, Schedule } from "./schedules/schedule.ts";
import { Spending, type SpendingRecord } from "./spending.ts";
import type { Update } from "./telegram/types.ts";
import type { RichText } from "./text/entities.ts";

/** Everything that is written down, in the order in which it happens to one prompt. */
export type StoreRecord =
  | { readonly k: "update"; readonly update: Update }
  /** Nothing is left to be done about these updates. */
  | { readonly k: "handled"; readonly updates: readonly number[] }
  /** `held`: it is not to run before the chat has decided about it. `replaces` is the job whose place it takes. */
  | {
      readonly k: "queued";
      readonly job: Job;
      readonly held?: true;
      readonly replaces?: string;
      /** The schedule that it is a run of, as it stands from then on. */
      readonly fired?: Firing;
    }
  | {
      readonly k: "changed";
      readonly id: string;
      readonly parts: readonly PromptPart[];
      readonly files: readonly string[];
      readonly updates: readonly number[];
    }
  /** It is not to run before the chat has decided about it. `why` is missing when it comes late. */
  | { readonly k: "held"; readonly id: string; readonly why?: "budget" }
  /** It was to become a part of a running turn, which did not take it: it waits again. */
  | { readonly k: "requeued"; readonly id: string }
  /** Comes again with what is known later: the process, the session. */
  | {
      readonly k: "started";
      readonly id: string;
      readonly process?: JobProcess;
      readonly sessionId?: string;
      /** Whose session it is. */
      readonly agent?: string;
    }
  | { readonly k: "shown"; readonly id: string; readonly messages: readonly MessageRef[] }
  | { readonly k: "answered"; readonly id: string; readonly answer: StoredAnswer }
  /** `last` is what its last message shows, above the buttons. */
  | { readonly k: "interrupted"; readonly id: string; readonly last?: RichText }
  | { readonly k: "ended"; readonly id: string; readonly outcome: JobOutcome; readonly at: number }
  | {
      readonly k: "session";
      readonly conversation: string;
      readonly agent: string;
      readonly sessionId: string | null;
    }
  /** A question of the agent is in the chat, and what its last message shows. */
  | { readonly k: "asked"; readonly id: string; readonly message: MessageRef; readonly text: RichText }
  /** Nobody is asked by that message any longer. */
  | { readonly k: "decided"; readonly id: string; readonly message: MessageRef }
  /** A process of an agent outlives its turns; with null it has ended. `mark` is what it and all that it started carry. */
  | { readonly k: "staying"; readonly mark: string; readonly process: JobProcess | null }
  /** What was chosen in a chat in place of what `.env` says. */
  | {
      readonly k: "choice";
      readonly conversation: string;
      readonly name: string;
      readonly value: string | null;
    }
  /** What an agent may always do, in its own notation. */
  | { readonly k: "rule"; readonly agent: string; readonly rule: string }
  | { readonly k: "scheduled"; readonly schedule: Schedule; readonly updates: readonly number[] }
  | { readonly k: "rescheduled"; readonly schedule: Schedule }
  | { readonly k: "unscheduled"; readonly id: string }
  /** The next message in this private chat is the value of that secret; of none with null. */
  | { readonly k: "awaited"; readonly chatId: number; readonly secret: string | null }
  | SpendingRecord
  /** Only in a compacted journal: what older records have left behind. */
  | {
      readonly k: "kept";
      readonly seen: readonly number[];
      readonly lastNumber: number;
      readonly last?: Job;
      readonly lastSchedule?: number;
    };

/** As many update ids are remembered as can possibly come again: the server keeps updates for a day. */
const MOST_SEEN = 5_000;

/** What follows from the records: the latest known state of everything that is not over. */
export class State {
  readonly seen = new Set<number>();
  readonly unhandled = new Map<number, Update>();
  readonly jobs = new Map<string, OpenJob>();
  /** By conversation and agent. */
  readonly sessions = new Map<string, string>();
  /** By conversation and name. */
  readonly choices = new Map<string, string>();
  /** By agent. */
  readonly rules = new Map<string, readonly string[]>();
  readonly schedules = new Map<string, Schedule>();
  /** By mark. */
  readonly staying = new Map<string, JobProcess>();
  /** By chat, the name of the secret whose value comes next. */
  readonly awaited = new Map<number, string>();
  readonly spending = new Spending();
  last: Job | undefined;
  lastNumber = 0;
  lastSchedule = 0;

  /** A record that is not known, or comes twice, changes nothing. */
  apply(record: StoreRecord): void {
    switch (record.k) {
      case "update":
        if (this.seen.has(record.update.update_id)) return;
        this.#see(record.update.update_id);
        this.unhandled.set(record.update.update_id, record.update);
        return;
      case "handled":
        for (const id of record.updates) this.unhandled.delete(id);
        return;
      case "queued":
        for (const id of record.job.updates) this.unhandled.delete(id);
        // Numbers only grow: it is known, and may have gone further or be over.
        if (record.job.number <= this.lastNumber) return;
        if (record.replaces !== undefined) this.jobs.delete(record.replaces);
        // So that they stay in the order of their numbers.
        this.jobs.delete(record.job.id);
        this.lastNumber = record.job.number;
        this.last = record.job;
        this.jobs.set(record.job.id, {
          job: record.job,
          status: record.held ? "held" : "queued",
          messages: [],
          asked: [],
        });
        if (record.fired) this.#fired(record.fired);
        return;
      case "changed": {
        for (const id of record.updates) this.unhandled.delete(id);
        const { parts, files } = record;
        this.#change(record.id, (open) => ({ ...open, job: { ...open.job, parts, files } }));
        return;
      }
      case "held":
        this.#change(record.id, (open) =>
          open.status === "queued"
            ? { ...open, status: "held", ...(record.why === "budget" ? { overBudget: true } : {}) }
            : open,
        );
        return;
      case "requeued":
        // One that an agent has begun with is never put back.
        this.#change(record.id, (open) => (hasBegun(open) ? open : { ...open, status: "queued" }));
        return;
      case "started":
        this.#change(record.id, ({ overBudget: _, ...open }) => ({
          ...open,
          status: open.status === "queued" || open.status === "held" ? "started" : open.status,
          ...(record.process ? { process: record.process } : {}),
          ...(record.sessionId === undefined ? {} : { sessionId: record.sessionId }),
          ...(record.agent === undefined ? {} : { agent: record.agent }),
        }));
        return;
      case "shown":
        this.#change(record.id, (open) => ({ ...open, messages: record.messages }));
        return;
      case "answered":
        this.#change(record.id, (open) => ({ ...open, status: "answered", answer: record.answer }));
        return;
      case "interrupted":
        this.#change(record.id, (open) => ({
          ...open,
          status: "interrupted",
          ...(record.last ? { last: record.last } : {}),
        }));
        return;
      case "ended":
        this.jobs.delete(record.id);
        return;
      case "session":
        setOrDelete(this.sessions, `${record.conversation} ${record.agent}`, record.sessionId);
        return;
      case "staying":
        if (record.process === null) this.staying.delete(record.mark);
        else this.staying.set(record.mark, record.process);
        return;
      case "choice":
        setOrDelete(this.choices, `${record.conversation} ${record.name}`, record.value);
        return;
      case "rule": {
        const others = (this.rules.get(record.agent) ?? []).filter((rule) => rule !== record.rule);
        this.rules.set(record.agent, [...others, record.rule]);
        return;
      }
      case "asked": {
        const { message, text } = record;
        this.#change(record.id, (open) => ({
          ...open,
          asked: [...without(open.asked, message), { message, text }],
        }));
        return;
      }
      case "decided":
        this.#change(record.id, (open) => ({ ...open, asked: without(open.asked, record.message) }));
        return;
      case "scheduled": {
        for (const id of record.updates) this.unhandled.delete(id);
        const { schedule } = record;
        // It is known, and may have gone further or be over.
        if (schedule.number <= this.lastSchedule) return;
        this.lastSchedule = schedule.number;
        this.schedules.delete(schedule.id);
        this.schedules.set(schedule.id, schedule);
        return;
      }
      case "rescheduled": {
        const { schedule } = record;
        const known = this.schedules.get(schedule.id);
        if (known?.number === schedule.number && known.runs <= schedule.runs)
          this.schedules.set(schedule.id, schedule);
        return;
      }
      case "unscheduled":
        this.schedules.delete(record.id);
        return;
      case "awaited":
        if (record.secret === null) this.awaited.delete(record.chatId);
        else this.awaited.set(record.chatId, record.secret);
        return;
      case "spent":
      case "lifted":
      case "spendings":
        this.spending.apply(record);
        return;
      case "kept":
        for (const id of record.seen) this.#see(id);
        this.lastNumber = record.lastNumber;
        this.last = record.last;
        this.lastSchedule = record.lastSchedule ?? 0;
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
    const jobs = [...this.jobs.values()].flatMap(
      ({
        job,
        status,
        overBudget,
        process,
        sessionId,
        agent,
        messages,
        answer,
        last,
        asked,
      }): StoreRecord[] => [
        { k: "queued", job },
        ...(status === "held" || overBudget
          ? [{ k: "held" as const, id: job.id, ...(overBudget ? { why: "budget" as const } : {}) }]
          : []),
        ...(status === "queued" || status === "held" || overBudget
          ? []
          : [
              {
                k: "started" as const,
                id: job.id,
                ...(process ? { process } : {}),
                ...(sessionId === undefined ? {} : { sessionId }),
                ...(agent === undefined ? {} : { agent }),
              },
            ]),
        ...(messages.length === 0 ? [] : [{ k: "shown" as const, id: job.id, messages }]),
        ...(answer ? [{ k: "answered" as const, id: job.id, answer }] : []),
        ...(status === "interrupted"
          ? [{ k: "interrupted" as const, id: job.id, ...(last ? { last } : {}) }]
          : []),
        ...asked.map(({ message, text }) => ({ k: "asked" as const, id: job.id, message, text })),
      ],
    );
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
    const schedules = [...this.schedules.values()].map(
      (schedule): StoreRecord => ({ k: "scheduled", schedule, updates: [] }),
    );
    const awaited = [...this.awaited].map(
      ([chatId, secret]): StoreRecord => ({ k: "awaited", chatId, secret }),
    );
    const staying = [...this.staying].map(
      ([mark, process]): StoreRecord => ({ k: "staying", mark, process }),
    );
    const seen = [...this.seen].filter((id) => !this.unhandled.has(id));
    return [
      ...jobs,
      ...sessions,
      ...choices,
      ...rules,
      ...schedules,
      ...awaited,
      ...staying,
      ...this.spending.records(),
      {
        k: "kept",
        seen,
        lastNumber: this.lastNumber,
        ...(this.last ? { last: this.last } : {}),
        ...(this.lastSchedule > 0 ? { lastSchedule: this.lastSchedule } : {}),
      },
      ...unhandled.map((update): StoreRecord => ({ k: "update", update })),
    ];
  }

  #see(id: number): void {
    this.seen.add(id);
    const oldest = this.seen.size > MOST_SEEN ? this.seen.values().next().value : undefined;
    if (oldest !== undefined) this.seen.delete(oldest);
  }

  #fired({ id, after }: Firing): void {
    if (after === null) this.schedules.delete(id);
    else if (this.schedules.get(id)?.number === after.number) this.schedules.set(id, after);
  }

  #change(id: string, change: (open: OpenJob) => OpenJob): void {
    const open = this.jobs.get(id);
    if (!open) return;
    const changed = change(open);
    this.jobs.set(id, changed);
    if (this.last?.id === id) this.last = changed.job;
  }
}

function setOrDelete(map: Map<string, string>, key: string, value: string | null): void {
  if (value === null) map.delete(key);
  else map.set(key, value);
}

/** A conversation has no space in its name. */
function halves(key: string): [string, string] {
  const space = key.indexOf(" ");
  return [key.slice(0, space), key.slice(space + 1)];
}

function without(asked: OpenJob["asked"], { chatId, messageId }: MessageRef): OpenJob["asked"] {
  return asked.filter(({ message }) => message.chatId !== chatId || message.messageId !== messageId);
}

function hasBegun({ status, process, sessionId, agent }: OpenJob): boolean {
  return status !== "started" || process !== undefined || sessionId !== undefined || agent !== undefined;
}
