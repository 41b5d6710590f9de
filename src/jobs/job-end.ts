import type { Agent } from "../agents/agent.ts";
import type { LiveMessage } from "../chat/live-message.ts";
import type { FinalAnswer } from "../chat/message-row.ts";
import { renderFinal } from "../chat/turn-render.ts";
import type { Ending, TurnView } from "../chat/turn-view.ts";
import { plain } from "../text/entities.ts";
import { within } from "../within.ts";
import { forgetAnswer, storeAnswer } from "./answer-store.ts";
import { endNotice } from "./end-notice.ts";
import type { Job, JobOutcome } from "./job.ts";
import type { JobContext } from "./job-context.ts";
import type { JobTurn } from "./job-turn.ts";
import { settleJob } from "./settle.ts";
import { spentBy } from "./spent.ts";

export interface JobEndOptions extends JobContext {
  readonly job: Job;
  readonly agent: Agent;
  readonly view: TurnView;
  readonly live: LiveMessage;
  /** Missing when it was stopped before the agent began. */
  readonly turn: JobTurn | undefined;
  /** The bridge goes down: the chat is asked how to go on with what was cancelled. */
  readonly interrupted: boolean;
  /** Its last word could not be brought into the chat, and waits until it can. */
  readonly onUndelivered: () => void;
}

/** A disk that takes no more must not hold an answer back. */
const STORE_MS = 3_000;

/** Writes down how a job has ended and brings its last word into the chat, which may take as long as the network is away. */
export async function deliverEnd(ending: Ending, options: JobEndOptions): Promise<void> {
  const { job, view, live, turn, agent, interrupted } = options;
  const { store, requests, log, paths, clock, notifyAfterMs } = options;
  const { id } = job;
  requests.void(id);
  noteSpending(ending, options);
  log.info("job ended", { job: id, agent: agent.name, outcome: ending.kind, ...failureFields(ending) });
  const outcome = interrupted && ending.kind === "cancelled" ? "interrupted" : outcomeOf(ending);
  const rings = outcome !== "interrupted";
  const notice = rings ? endNotice(view, ending, job, clock.now(), notifyAfterMs()) : undefined;
  const final = { ...render(ending, options), ...(notice === undefined ? {} : { notice }) };
  try {
    const answer = await storeAnswer(final, outcome, id, paths);
    await within(store.record({ k: "answered", id, answer }), STORE_MS);
  } catch (error) {
    log.error("answer not stored", { job: id, error });
  }
  const gone = turn?.ended();
  const arrival = await settleJob(live, final, outcome, job, { ...options, gone });
  if (arrival === "undelivered") return options.onUndelivered();
  if (arrival === "instead") view.text.keep();
  forgetAnswer(id, paths);
}

/** Before the next job asks whether the budget is reached. */
function noteSpending(ending: Ending, { job, store, agent, clock }: JobEndOptions): void {
  const { id } = job;
  const whose = { id, agent: agent.name, sessionId: store.job(id)?.sessionId };
  const spent = spentBy(ending, whose, clock.now());
  if (spent) store.note(spent);
}

function render(ending: Ending, { job, view, messenger, log }: JobEndOptions): FinalAnswer {
  try {
    return renderFinal(view, ending, messenger.limits);
  } catch (error) {
    // It cannot fail to render; but what was done must not be offered again if it did.
    log.error("answer not rendered", { job: job.id, error });
    return { parts: [plain(view.redact(view.text.tail) || "(no text)")] };
  }
}

/** A command that ends with another code than 0 has failed, though it was run. */
function outcomeOf(ending: Ending): JobOutcome {
  return ending.kind === "done" && (ending.usage.exitCode ?? 0) !== 0 ? "failed" : ending.kind;
}

function failureFields(ending: Ending): Record<string, string | undefined> {
  if (ending.kind !== "failed") return {};
  const { code, detail, raw } = ending.failure;
  return { code, detail, raw };
}
