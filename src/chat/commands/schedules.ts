import { titleOf } from "../../jobs/job.ts";
import type { ScheduleBook } from "../../schedules/book.ts";
import type { Schedule } from "../../schedules/schedule.ts";
import { momentWords, timingWords, whenWords } from "../../schedules/words.ts";
import { plain } from "../../text/entities.ts";
import type { Answer, Command } from "./command.ts";

/** So many fit one message with their buttons. */
const ON_A_PAGE = 10;

export const schedules: Command = {
  names: ["schedules"],
  usage: "[page]",
  summary: "What is planned, and when it runs",
  detail:
    "Each has a button that pauses or resumes it, and one that deletes it. Guests can change only their own. /every, /at and /daily plan more.",
  run: ({ args, schedules: book, facts }) =>
    schedulesView(book, facts.now(), /^\d+$/.test(args) ? (Number(args) - 1) * ON_A_PAGE : 0),
};

/** The page of the list with the schedule that stands at `position`. */
export function schedulesView({ all }: ScheduleBook, now: number, position = 0): Answer {
  if (all.length === 0) {
    return {
      text: plain("Nothing is planned. /every 2h run the tests plans something; so do /at and /daily."),
    };
  }
  const pages = Math.ceil(all.length / ON_A_PAGE);
  const page = Math.min(Math.max(0, Math.floor(position / ON_A_PAGE)), pages - 1);
  const shown = all.slice(page * ON_A_PAGE, (page + 1) * ON_A_PAGE);
  const numbered = shown.map((schedule, index) => ({ schedule, number: page * ON_A_PAGE + index + 1 }));
  const lines = numbered.map(({ schedule, number }) => `${number}. ${lineOf(schedule, now)}`);
  const more =
    pages > 1
      ? [`Page ${page + 1} of ${pages}. /schedules ${page + 2 > pages ? 1 : page + 2} shows another.`]
      : [];
  const buttons = numbered.map(({ schedule: { id, paused }, number }) => [
    paused
      ? { text: `▶ Resume ${number}`, data: `sched-on:${id}` }
      : { text: `⏸ Pause ${number}`, data: `sched-off:${id}` },
    { text: `✖ Delete ${number}`, data: `sched-del:${id}` },
  ]);
  return { text: plain([...lines, ...more].join("\n")), buttons };
}

function lineOf(schedule: Schedule, now: number): string {
  const { prompt, messageId, author, timing, next, lastRun, runs, skipped, paused } = schedule;
  const title = titleOf({ parts: [{ messageId, text: prompt }], files: [] });
  const why = { busy: "its last run was not over", "not-allowed": "its author may not use the bot any more" };
  const facts = [
    timingWords(timing),
    paused ? "paused" : `next ${momentWords(next, now)}`,
    ...(lastRun === undefined ? [] : [`last ${momentWords(lastRun, now)}, ${runs} in all`]),
    ...(skipped ? [`left out ${whenWords(skipped.at, now)}: ${why[skipped.why]}`] : []),
  ];
  return `“${title}” (${author.name})\n    ${facts.join(" · ")}`;
}
