import { lstatSync, readdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { endOrphans } from "../agents/process-tree.ts";
import { type FinalAnswer, MessageRow } from "../chat/message-row.ts";
import type { Messenger } from "../chat/messenger.ts";
import type { Log } from "../log.ts";
import type { ProjectPaths } from "../project.ts";
import type { Store } from "../store.ts";
import { join as joinTexts, plain, type RichText, styled } from "../text/entities.ts";
import { markdown } from "../text/markdown.ts";
import { split } from "../text/split.ts";
import { loadAnswer, loadText } from "./answer-store.ts";
import type { Desk } from "./desk.ts";
import { type Job, type JobOutcome, type OpenJob, titleOf } from "./job.ts";
import { settleJob } from "./settle.ts";

export interface RecoveryOptions {
  readonly messenger: Messenger;
  readonly store: Store;
  readonly log: Log;
  readonly paths: ProjectPaths;
  /** Whether its author may still prompt where he did: the allowlist may have changed meanwhile. */
  readonly mayPrompt: (job: Job) => boolean;
}

/**
 * Goes on where the last life of the bridge ended. A prompt that waited waits again, if
 * its author is still allowed. An answer that may not have
 * arrived is delivered. A job that was running is never run again by itself: what is left of its processes is ended,
 * and the chat is asked. Resolves before anything is delivered, which may take as long as the network is away.
 */
export async function recover(desk: Desk, options: RecoveryOptions): Promise<void> {
  const { store, paths } = options;
  const open = store.openJobs;
  for (const each of open) {
    if (each.status === "answered") deliver(each, desk, options);
    if (each.status === "started") await interrupt(each, desk, options);
  }
  // Last, so that their answers come after those of the earlier life.
  for (const { status, job } of open) if (status === "queued") wait(job, desk, options);
  sweep(paths.spool, open);
}

function wait(job: Job, desk: Desk, { mayPrompt, store, log }: RecoveryOptions): void {
  if (mayPrompt(job)) {
    desk.restore(job);
    return;
  }
  log.warn("prompt of somebody who is no longer allowed was dropped", { job: job.id, user: job.author.id });
  store.note({ k: "ended", id: job.id, outcome: "dropped", at: Date.now() });
}

function deliver(open: OpenJob, desk: Desk, options: RecoveryOptions): void {
  const { job, answer } = open;
  if (!answer) return;
  options.log.info("answer delivered after a restart", { job: job.id });
  settle(open, loadAnswer(answer, job.id, options.paths), answer.outcome, desk, options);
}

async function interrupt(open: OpenJob, desk: Desk, options: RecoveryOptions): Promise<void> {
  const { job, process } = open;
  const { log, paths, messenger } = options;
  await endOrphans(process, job.id);
  log.warn("job was interrupted", { job: job.id });
  const text = loadText(job.id, paths);
  const said = desk.agent.output === "markdown" ? markdown(text) : styled("pre", text.trimEnd());
  const note = plain(
    `⚠️ Interrupted: the bridge went down while “${titleOf(job)}” was running. It was not run again.`,
  );
  const parts = lastParts(split(joinTexts([said, note], "\n\n"), messenger.limits));
  settle(open, { parts }, "interrupted", desk, options);
}

function settle(
  open: OpenJob,
  answer: FinalAnswer,
  outcome: JobOutcome,
  desk: Desk,
  options: RecoveryOptions,
): void {
  const { job, messages } = open;
  const { messenger, store, log } = options;
  const row = rowOf(job, messages, messenger, store);
  const settled = settleJob(row, answer, outcome, job, { store, agent: desk.agent.name })
    .then(() => {})
    .catch((error) => log.error("answer not delivered", { job: job.id, error }));
  desk.delivers(job.place.chatId, settled);
}

function rowOf(
  job: OpenJob["job"],
  messages: OpenJob["messages"],
  messenger: Messenger,
  store: Store,
): MessageRow {
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
