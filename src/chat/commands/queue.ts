import type { Desk } from "../../jobs/desk.ts";
import { titleOf } from "../../jobs/job.ts";
import { duration } from "../../text/duration.ts";
import { plain } from "../../text/entities.ts";
import type { Answer, Command } from "./command.ts";

/** A longer list is no help; what is behind can be removed by number too. */
const MOST_SHOWN = 20;

export const queue: Command = {
  names: ["queue"],
  afterPrompts: true,
  summary: "What is running and what waits",
  detail: "Each waiting prompt has a number and a button that removes it. /cancel 2 removes number 2.",
  run: ({ desk, facts }) => queueView(desk, facts.now()),
};

/** The running job and the waiting ones, each with a button to remove it. */
export function queueView({ runs, waiting }: Desk, now: number): Answer {
  if (runs.length === 0 && waiting.length === 0)
    return { text: plain("Nothing is running and nothing waits.") };
  const running = runs.map(({ job, view }) => `▶ ${titleOf(job)} (${duration(now - view.startedAt)})`);
  const first = running.length > 0 ? running.join("\n") : "Nothing is running.";
  const shown = waiting.slice(0, MOST_SHOWN);
  const lines = shown.map((job, index) => `${index + 1}. ${titleOf(job)} (${job.author.name})`);
  const more = waiting.length > shown.length ? [`… and ${waiting.length - shown.length} more`] : [];
  const buttons = shown.map((job, index) => [
    { text: `✖ ${index + 1}. ${titleOf(job, 30)}`, data: `remove:${job.id}:list` },
  ]);
  return { text: plain([first, ...lines, ...more].join("\n")), buttons };
}
