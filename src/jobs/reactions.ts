import type { Messenger, Reaction } from "../chat/messenger.ts";
import type { Job, JobOutcome } from "./job.ts";

/** How a prompt's message shows what became of it. One that is not to run any more shows nothing. */
const ENDS: Readonly<Record<JobOutcome, Reaction | undefined>> = {
  done: "👍",
  failed: "👎",
  cancelled: "👌",
  steered: "👌",
  interrupted: undefined,
  removed: undefined,
  dropped: undefined,
};

/** Shows on the prompt's last message that it is in the queue. */
export function showReceived(job: Job, messenger: Messenger): void {
  react(job, "👀", messenger);
}

/** Shows on the prompt's last message how it ended. */
export function showEnd(job: Job, outcome: JobOutcome, messenger: Messenger): void {
  react(job, ENDS[outcome], messenger);
}

function react(
  { place, parts, schedule, background }: Job,
  emoji: Reaction | undefined,
  messenger: Messenger,
): void {
  const last = parts.at(-1)?.messageId;
  // The message of a schedule is the command that made it, and what the agent goes on with by itself has an end of its own.
  if (schedule || background || last === undefined) return;
  messenger.react?.({ chatId: place.chatId, messageId: last }, emoji);
}
