import type { MessageRef } from "../chat/messenger.ts";
import { type Job, type JobOutcome, type OpenJob, type PastJob, titleOf } from "../jobs/job.ts";
import type { JobRecord, RecordOf } from "../store-record.ts";

const MOST_PAST = 5;
/** A prompt that was taken back, or became a part of another one, is no job that somebody looks for. */
const UNTOLD: readonly JobOutcome[] = ["removed", "steered"];

/** What follows from the records about jobs: the latest known state of each that is not over. */
export class JobsState {
  /** By id, in the order of their numbers. */
  readonly open = new Map<string, OpenJob>();
  /** The one that somebody queued last, which may be over. */
  last: Job | undefined;
  /** The highest number so far. */
  lastNumber = 0;
  /** Those that were over last, the latest first. */
  past: readonly PastJob[] = [];

  /** @returns whether the job is new. */
  queue({ job, held, replaces }: RecordOf<"queued">): boolean {
    // Numbers only grow: it is known, and may have gone further or be over.
    if (job.number <= this.lastNumber) return false;
    if (replaces !== undefined) this.open.delete(replaces);
    // So that they stay in the order of their numbers.
    this.open.delete(job.id);
    this.lastNumber = job.number;
    // What the agent went on with by itself nobody has asked for.
    if (!job.background) this.last = job;
    this.open.set(job.id, { job, status: held ? "held" : "queued", messages: [], asked: [] });
    return true;
  }

  /** A record about a job that is over, or was never there, changes nothing. */
  apply(record: Exclude<JobRecord, RecordOf<"queued">>): void {
    switch (record.k) {
      case "changed": {
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
          ...(record.at === undefined ? {} : { startedAt: record.at }),
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
        this.#end(record);
        return;
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
    }
  }

  /** The fewest records that give the open jobs again. */
  records(): JobRecord[] {
    return [...this.open.values()].flatMap(recordsOf);
  }

  #end({ id, outcome, at }: RecordOf<"ended">): void {
    const open = this.open.get(id);
    if (!open) return;
    this.open.delete(id);
    if (UNTOLD.includes(outcome)) return;
    const { job, startedAt } = open;
    const past = { id, title: titleOf(job), by: job.author.name, outcome, endedAt: at };
    this.past = [
      { ...past, ...(startedAt === undefined ? {} : { startedAt }) },
      ...this.past.slice(0, MOST_PAST - 1),
    ];
  }

  #change(id: string, change: (open: OpenJob) => OpenJob): void {
    const open = this.open.get(id);
    if (!open) return;
    const changed = change(open);
    this.open.set(id, changed);
    if (this.last?.id === id) this.last = changed.job;
  }
}

function recordsOf(open: OpenJob): JobRecord[] {
  const { job, status, overBudget, startedAt, process, sessionId, agent, messages, answer, last, asked } =
    open;
  const { id } = job;
  const started: JobRecord = {
    k: "started",
    id,
    ...(startedAt === undefined ? {} : { at: startedAt }),
    ...(process ? { process } : {}),
    ...(sessionId === undefined ? {} : { sessionId }),
    ...(agent === undefined ? {} : { agent }),
  };
  return [
    { k: "queued", job },
    ...(status === "held" || overBudget
      ? [{ k: "held" as const, id, ...(overBudget ? { why: "budget" as const } : {}) }]
      : []),
    ...(status === "queued" || status === "held" || overBudget ? [] : [started]),
    ...(messages.length === 0 ? [] : [{ k: "shown" as const, id, messages }]),
    ...(answer ? [{ k: "answered" as const, id, answer }] : []),
    ...(status === "interrupted" ? [{ k: "interrupted" as const, id, ...(last ? { last } : {}) }] : []),
    ...asked.map(({ message, text }) => ({ k: "asked" as const, id, message, text })),
  ];
}

function without(asked: OpenJob["asked"], { chatId, messageId }: MessageRef): OpenJob["asked"] {
  return asked.filter(({ message }) => message.chatId !== chatId || message.messageId !== messageId);
}

function hasBegun({ status, process, sessionId, agent }: OpenJob): boolean {
  return status !== "started" || process !== undefined || sessionId !== undefined || agent !== undefined;
}
