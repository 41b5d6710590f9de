import { lstatSync, readdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { endOrphans } from "../agents/process/tree.ts";
import { type Arrival, type FinalAnswer, MessageRow } from "../chat/message-row.ts";
import type { Messenger } from "../chat/messenger.ts";
import { withVerdict } from "../chat/requests/shown-card.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { ProjectPaths } from "../project.ts";
import type { Store } from "../store.ts";
import { duration } from "../text/duration.ts";
import { join as joinTexts, plain, type RichText, styled } from "../text/entities.ts";
import { markdown } from "../text/markdown.ts";
import { split } from "../text/split.ts";
import { loadAnswer, loadText } from "./answer-store.ts";
import type { Desk } from "./desk.ts";
import { type Job, type JobOutcome, type OpenJob, titleOf } from "./job.ts";
import { type JobFilesOptions, sendJobFiles, sweepOutboxes } from "./job-files.ts";
import { overBudgetOffer } from "./over-budget.ts";
import { ask, settleJob } from "./settle.ts";

export interface RecoveryOptions extends JobFilesOptions {
  readonly messenger: Messenger;
  readonly store: Store;
  readonly log: Log;
  readonly paths: ProjectPaths;
  readonly clock: Clock;
  /** Takes secrets out of what agents have said. */
  readonly redact: (text: string) => string;
  /** Whether its author may still prompt where he did: the allowlist may have changed meanwhile. */
  readonly mayPrompt: (job: Job) => boolean;
  /** Whether a prompt that waited since then is so late that the chat is asked; milliseconds since the epoch. */
  readonly isStale: (since: number) => boolean;
}

/**
 * Goes on where the last life of the bridge ended. A prompt that waited waits again, if its author is still allowed. An
 * answer that may not have arrived is delivered. A job that was running is never run again by itself: what is left of
 * its processes is ended, and the chat is asked. Resolves before anything is delivered, which may take as long as the
 * network is away.
 */
export async function recover(desk: Desk, options: RecoveryOptions): Promise<void> {
  const { store, paths } = options;
  const open = store.openJobs;
  // Of one that is answered too: its answer comes before the end of the agent, which may have left others behind.
  const ran = open.filter(({ status }) => status === "started" || status === "answered");
  await Promise.all([
    ...ran.map(({ process, job }) => endOrphans(process, process?.mark ?? job.id)),
    ...[...store.staying].map(([mark, process]) => endOrphans(process, mark)),
  ]);
  for (const mark of [...store.staying.keys()]) store.note({ k: "staying", mark, process: null });
  for (const each of open) if (isWelcome(each, options)) bringToEnd(each, desk, options);
  // Last, so that their answers come after those of the earlier life.
  for (const { status, job } of open) if (status === "queued") wait(job, desk, options);
  sweep(paths.spool, open);
  sweepOutboxes(paths, (id) => open.some(({ job }) => job.id === id));
}

/** Brings the last word on a job into the chat that has not got it. */
export function bringToEnd(open: OpenJob, desk: Desk, options: RecoveryOptions): void {
  if (open.status === "answered") deliver(open, desk, options);
  if (open.status === "started") interrupt(open, desk, options);
  if (open.status === "held") offer(open.job, desk, options);
  // The question is in the chat already, but its files may not be.
  if (open.status === "interrupted" && options.mayPrompt(open.job)) sendRest(open.job, desk, options);
}

/** Brings what could not be brought into a chat before, now that it can be written to. */
export function bringUndelivered(chatId: number, desk: Desk, options: RecoveryOptions): void {
  const bring = (): void => {
    for (const open of desk.cases.takeUndelivered(chatId)) bringToEnd(open, desk, options);
  };
  bring();
  // An answer that is just being refused is not among them yet, and nothing else would bring it.
  void desk.deliveries.inChat(chatId).then(bring);
}

function sendRest(job: Job, desk: Desk, options: RecoveryOptions): void {
  const sent = sendJobFiles(job, options).then((all) => {
    if (!all) desk.cases.undelivered(job.id);
  });
  desk.deliveries.add(job.place, sent);
}

/** It has to fit into one message. */
const LONGEST_HEARD = 3_000;

/** Asks the chat whether a prompt that was held back, since it comes late or is over the budget, is still wanted. */
export function offer(job: Job, desk: Desk, options: RecoveryOptions): void {
  const { log, store } = options;
  const open = store.job(job.id);
  if (open?.overBudget && desk.budget.isQuiet(open)) return;
  const since = Math.min(job.sentAt ?? job.queuedAt, job.queuedAt);
  log.info("prompt offered", { job: job.id });
  const over = open?.overBudget ? overBudgetOffer(job, desk.budget) : undefined;
  const late = plain(
    job.heard
      ? `🎙 heard: “${titleOf(job, LONGEST_HEARD)}”\nEdit the caption of your message to change it.`
      : `⏰ Sent ${duration(options.clock.now() - since)} ago; the bridge was down meanwhile: “${titleOf(job)}”`,
  );
  const remedies = [
    [
      { text: "▶ Run", data: `run:${job.id}` },
      { text: "✖ Drop", data: `drop:${job.id}` },
    ],
  ];
  const text = over ? plain(over.text) : late;
  const row = rowOf(job, open?.messages ?? [], options);
  const asked = ask(row, { parts: [text] }, over?.buttons ?? remedies, job, store);
  track(asked, job, desk, log);
}

/** Whether its author is still allowed where it belongs. What others would get to read is over. */
function isWelcome({ status, job, overBudget }: OpenJob, options: RecoveryOptions): boolean {
  const isUndecided = status === "interrupted" && !overBudget;
  if (status === "queued" || isUndecided || options.mayPrompt(job)) return true;
  drop(job, options);
  return false;
}

function drop({ id, author }: Job, { store, log, clock }: RecoveryOptions): void {
  log.warn("job of somebody who is no longer allowed was dropped", { job: id, user: author.id });
  store.note({ k: "ended", id, outcome: "dropped", at: clock.now() });
}

function wait(job: Job, desk: Desk, options: RecoveryOptions): void {
  const { mayPrompt, isStale, store } = options;
  if (!mayPrompt(job)) {
    drop(job, options);
  } else if (isStale(store.lastAlive ?? job.queuedAt)) {
    store.note({ k: "held", id: job.id });
    offer(job, desk, options);
  } else {
    desk.restore(job);
  }
}

function deliver(open: OpenJob, desk: Desk, options: RecoveryOptions): void {
  const { job, answer } = open;
  if (!answer) return;
  options.log.info("late answer delivered", { job: job.id });
  settle(open, loadAnswer(answer, job.id, options.paths), answer.outcome, desk, options);
}

function interrupt(open: OpenJob, desk: Desk, options: RecoveryOptions): void {
  const { job } = open;
  const { log, paths, messenger, redact } = options;
  log.warn("job was interrupted", { job: job.id });
  withdrawQuestions(open, options);
  const agent =
    (open.agent === undefined ? undefined : desk.conversations.agents.get(open.agent)) ??
    desk.shell.agentFor(job);
  // Without secrets before it is cut into messages, with one half in each.
  const said = loadText(job.id, paths).map((text) =>
    agent.output === "markdown" ? markdown(redact(text)) : styled("pre", redact(text).trimEnd()),
  );
  const more = styled("italic", "… (there is more in between)");
  const note = plain(
    `⚠️ Interrupted: the bridge went down while “${titleOf(job)}” was running. It was not run again.`,
  );
  const [head, tail] = said;
  const pieces = [...(head ? [head] : []), ...(tail ? [more, tail] : []), note];
  const parts = lastParts(split(joinTexts(pieces, "\n\n"), messenger.limits));
  settle(open, { parts }, "interrupted", desk, options);
}

/** Nobody waits for the answers any more. */
function withdrawQuestions({ job, asked }: OpenJob, { messenger, store }: RecoveryOptions): void {
  const verdict = "No longer open: the bridge went down meanwhile. Decide about the whole job below.";
  for (const { message, text } of asked) {
    const content = withVerdict(text, verdict, messenger);
    void messenger.edit(message, () => ({ text: content }), { final: true });
    store.note({ k: "decided", id: job.id, message });
  }
}

function settle(
  open: OpenJob,
  answer: FinalAnswer,
  outcome: JobOutcome,
  desk: Desk,
  options: RecoveryOptions,
): void {
  const { job, messages } = open;
  const row = rowOf(job, messages, options);
  const settled = settleJob(row, answer, outcome, job, options);
  track(settled, job, desk, options.log);
}

/** What comes into this chat later waits for this. */
function track(delivery: Promise<Arrival>, job: Job, desk: Desk, log: Log): void {
  const settled = delivery
    .then((arrival) => {
      if (arrival === "undelivered") desk.cases.undelivered(job.id);
    })
    .catch((error) => log.error("answer not delivered", { job: job.id, error }));
  desk.deliveries.add(job.place, settled);
}

function rowOf(job: Job, messages: OpenJob["messages"], { messenger, store }: RecoveryOptions): MessageRow {
  const last = job.parts.at(-1)?.messageId;
  return new MessageRow({
    messenger,
    place: job.place,
    messages,
    ...(last === undefined ? {} : { replyTo: last }),
    onChange: (shown) => store.note({ k: "shown", id: job.id, messages: shown }),
  });
}

/** Of an answer that was cut off in its hundredth message the end tells the most. */
function lastParts(parts: readonly RichText[]): readonly RichText[] {
  return parts.length <= 4 ? parts : [...parts.slice(0, 1), ...parts.slice(-3)];
}

const KEPT_MS = 7 * 24 * 60 * 60 * 1000;

/** Removes what jobs that are long over have left behind; an answer that could not be sent is named in the chat. */
function sweep(spool: string, open: readonly OpenJob[]): void {
  for (const name of readdirSync(spool)) {
    const jobId = /^([\w-]{1,64})\.(?:txt|file)$/.exec(name)?.[1];
    if (jobId === undefined || open.some(({ job }) => job.id === jobId)) continue;
    const path = join(spool, name);
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found?.isFile() && Date.now() - found.mtimeMs > KEPT_MS) unlinkSync(path);
  }
}
