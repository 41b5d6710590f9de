import type { Ending, TurnView } from "../chat/turn-view.ts";
import { cut } from "../text/cut.ts";
import { duration } from "../text/duration.ts";
import { markdown } from "../text/markdown.ts";
import type { Job } from "./job.ts";

/** As much as a phone shows of a message without opening it. */
const LONGEST_LINE = 160;

/**
 * The words that the phone rings for when a job has ended that took so long that nobody looks any more.
 * @param now Milliseconds since the epoch.
 * @param afterMs How long a prompt may take, the wait in the queue included, until its end is worth a sound.
 * @returns undefined where nobody has to be told: it was quick, or its author stopped it himself.
 */
export function endNotice(
  view: TurnView,
  ending: Ending,
  job: Job,
  now: number,
  afterMs: number | undefined,
): string | undefined {
  if (afterMs === undefined) return undefined;
  if (!isUnasked(job) && now - job.queuedAt < afterMs) return undefined;
  const took = duration(Math.max(0, now - view.startedAt));
  switch (ending.kind) {
    case "done":
      return [headline(ending.usage.exitCode ?? 0, took), firstLine(view)].filter(Boolean).join("\n");
    case "failed":
      return `❌ Failed after ${took}: ${shorten(ending.failure.message)}`;
    case "cancelled":
      if (ending.by === undefined || ending.by === job.author.name) return undefined;
      return `⏹ Stopped after ${took} by ${ending.by}`;
  }
}

/**
 * How long a job shows nothing, in milliseconds: where nobody looks, one message with the answer is better than one about
 * the work and another that rings for its end.
 */
export function quietMs(job: Job, afterMs: number | undefined): number {
  return isUnasked(job) ? (afterMs ?? 0) : 0;
}

/** Nobody has asked for a run of a schedule just now, so nobody looks; nor for what the agent goes on with by itself. */
function isUnasked({ schedule, background }: Job): boolean {
  return schedule !== undefined || background === true;
}

function headline(exitCode: number, took: string): string {
  return exitCode === 0 ? `✅ Done in ${took}` : `❌ Failed after ${took}: exit ${exitCode}`;
}

/** Of what the answer shows: without marks, and without secrets before it is cut. */
function firstLine({ text, output, redact }: TurnView): string {
  const clean = redact(text.head);
  const shown = output === "markdown" ? markdown(clean).text : clean;
  return shorten(
    shown
      .split("\n")
      .map((line) => line.trim())
      .find((line) => line !== "") ?? "",
  );
}

function shorten(line: string): string {
  if (line.length <= LONGEST_LINE) return line;
  return `${cut(line, LONGEST_LINE - 1)}…`;
}
