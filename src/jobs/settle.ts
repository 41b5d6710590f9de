import type { Arrival, FinalAnswer } from "../chat/message-row.ts";
import type { Button, Keyboard } from "../chat/messenger.ts";
import type { Clock } from "../clock.ts";
import type { Store } from "../store.ts";
import { plain } from "../text/entities.ts";
import { within } from "../within.ts";
import type { Job, JobOutcome } from "./job.ts";
import { type JobFilesOptions, sendJobFiles } from "./job-files.ts";
import { showEnd } from "./reactions.ts";

/** What brings an answer into the chat: a row of messages, or the live message that owns one. */
interface Deliverer {
  finish(answer: FinalAnswer): Promise<Arrival>;
  /** Whether the phone has rung for it. */
  readonly rang: boolean;
}

/** A disk that takes no more must not keep the phone from ringing. */
const ENDED_MS = 3_000;

/**
 * Delivers a job's last word and writes down how it stands from then on. One that was interrupted stays open, with
 * buttons that decide about it.
 * @param context `gone` resolves when none of its processes is left.
 * @returns how it arrived; one that is `undelivered` stays open too, for the time when the chat can be reached again.
 */
export async function settleJob(
  deliverer: Deliverer,
  answer: FinalAnswer,
  outcome: JobOutcome,
  job: Job,
  context: JobFilesOptions & {
    readonly store: Store;
    readonly clock: Clock;
    readonly gone?: Promise<void> | undefined;
  },
): Promise<Arrival> {
  const { store, clock, log, messenger, gone } = context;
  if (outcome === "interrupted") {
    const resumable = store.job(job.id)?.sessionId !== undefined;
    const asked = await ask(deliverer, answer, remedies(job.id, resumable), job, store);
    await gone;
    if (asked === "undelivered" || (await sendJobFiles(job, context))) return asked;
    return "undelivered";
  }
  const arrival = await deliverer.finish(answer);
  if (arrival === "closed") return "undelivered";
  // Of a job that is over no later life looks for processes.
  await gone;
  const notice = deliverer.rang ? undefined : answer.notice;
  const silent = deliverer.rang || notice !== undefined;
  if (!(await sendJobFiles(job, context, silent))) return "undelivered";
  const ended = store
    .record({ k: "ended", id: job.id, outcome, at: clock.now() })
    .catch((error) => log.error("end of a job not written", { job: job.id, error }));
  showEnd(job, outcome, messenger);
  if (notice !== undefined) {
    // First, so that no later life rings again. One that is killed right here does not ring at all.
    await within(ended, ENDED_MS);
    const last = job.parts.at(-1)?.messageId;
    const options = last === undefined ? {} : { replyTo: last };
    await messenger.send(job.place, { text: plain(notice) }, options);
  }
  return arrival === "undelivered" ? "arrived" : arrival;
}

/** Leaves the decision about a job to the chat: brings a message with buttons there, and keeps the job open. */
export async function ask(
  deliverer: Deliverer,
  answer: FinalAnswer,
  buttons: Keyboard,
  job: Job,
  store: Store,
): Promise<Arrival> {
  const arrival = await deliverer.finish({ ...answer, buttons });
  // Until it is in the chat, nobody can decide about it.
  if (arrival === "undelivered" || arrival === "closed") return "undelivered";
  const last = (arrival === "instead" ? answer.file?.instead : answer.parts)?.at(-1);
  store.note({ k: "interrupted", id: job.id, ...(last ? { last } : {}) });
  return arrival;
}

function remedies(id: string, resumable: boolean): Button[][] {
  const resume = resumable ? [{ text: "▶ Resume", data: `resume:${id}` }] : [];
  return [[...resume, { text: "🔁 Run again", data: `again:${id}` }, { text: "✖ Drop", data: `drop:${id}` }]];
}
