import type { FinalAnswer } from "../chat/message-row.ts";
import type { Button } from "../chat/messenger.ts";
import type { Store } from "../store.ts";
import type { Job, JobOutcome } from "./job.ts";

/** What brings an answer into the chat: a row of messages, or the live message that owns one. */
interface Deliverer {
  finish(answer: FinalAnswer): Promise<boolean>;
}

/**
 * Delivers a job's last word and writes down how it stands from then on. One that was interrupted stays open, with
 * buttons that decide about it.
 * @returns as `MessageRow.finish`.
 */
export async function settleJob(
  deliverer: Deliverer,
  answer: FinalAnswer,
  outcome: JobOutcome,
  job: Job,
  context: { readonly store: Store; readonly agent: string },
): Promise<boolean> {
  const { store, agent } = context;
  if (outcome !== "interrupted") {
    const arrived = await deliverer.finish(answer);
    store.note({ k: "ended", id: job.id, outcome, at: Date.now() });
    return arrived;
  }
  const buttons = remedies(job.id, store.session(agent) !== undefined);
  const arrived = await deliverer.finish({ ...answer, buttons });
  const last = answer.parts.at(-1);
  // Only now: until it is in the chat, nobody could decide about it.
  store.note({ k: "interrupted", id: job.id, ...(last ? { last } : {}) });
  return arrived;
}

function remedies(id: string, resumable: boolean): Button[][] {
  const resume = resumable ? [{ text: "▶ Resume", data: `resume:${id}` }] : [];
  return [[...resume, { text: "🔁 Run again", data: `again:${id}` }, { text: "✖ Drop", data: `drop:${id}` }]];
}
