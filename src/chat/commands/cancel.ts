import type { Desk } from "../../jobs/desk.ts";
import { titleOf } from "../../jobs/job.ts";
import type { JobRun } from "../../jobs/job-run.ts";
import { mayStop, type Person } from "../../jobs/person.ts";
import type { Lodger } from "../../jobs/residents.ts";
import { plain } from "../../text/entities.ts";
import type { Button, Place } from "../messenger.ts";
import { valueTitle } from "../secret-command.ts";
import type { Answer, Command } from "./command.ts";

export const cancel: Command = {
  names: ["cancel", "stop"],
  afterPrompts: true,
  usage: "[N | all]",
  summary: "Stop the running job, or remove a waiting one",
  detail:
    "/cancel stops what is running here; what the agent has said so far stays. While a command runs beside the agent, it asks which one you mean; when nothing runs, it stops the agent's tasks in the background. /cancel 2 removes number 2 of /queue. /cancel all does both for everything. Guests can stop only their own jobs.",
  run({ args, desk, person, secrets, place, messageId }) {
    const secret = secrets.stopped(place.chatId, messageId);
    if (secret !== undefined) return { text: plain(`${valueTitle(secret)} is not awaited any more.`) };
    if (args === "") return cancelRunning(desk, person, place);
    if (args.toLowerCase() === "all") return { text: plain(cancelAll(desk, person)) };
    if (/^#?\d+$/.test(args))
      return { text: plain(cancelWaiting(desk, person, Number(args.replace("#", "")))) };
    return { text: plain(`“${args}” is neither a number nor “all”. Use /cancel, /cancel 2 or /cancel all.`) };
  },
};

function cancelRunning(desk: Desk, person: Person, place: Place): Answer {
  const { runs, waiting } = desk;
  const [run, other] = desk.runsIn(place);
  const inBackground = run
    ? []
    : desk.residents.in(place).filter(({ resident }) => resident.tasks.length > 0);
  if (inBackground.length > 0) return endBackground(inBackground, person);
  if (!run && runs.length > 0) return elsewhere(desk, person);
  if (run && other) return severalHere([run, other], person);
  switch (desk.cancel(person, run)) {
    case "stopping":
      return { text: plain(`Stopping “${run ? titleOf(run.job) : ""}” …`) };
    case "not-yours":
      return NOT_YOURS;
    case "not-running":
      return {
        text: plain(
          waiting.length === 0 ? "Nothing is running." : "Nothing is running. /cancel all clears the queue.",
        ),
      };
  }
}

function endBackground(lodgers: readonly Lodger[], person: Person): Answer {
  if (!lodgers.every(({ job }) => mayStop(person, job))) return NOT_YOURS;
  const tasks = lodgers.flatMap(({ resident }) => resident.tasks);
  for (const { resident } of lodgers) void resident.end();
  return { text: plain(`Stopping what runs in the background: ${tasks.join(", ")}.`) };
}

const NOT_YOURS: Answer = {
  text: plain("That job belongs to somebody else; only its author and owners can stop it."),
};

/** A look at something must not cost the work of an hour, nor the other way round. */
function severalHere(runs: readonly JobRun[], person: Person): Answer {
  const mine = runs.filter(({ job }) => mayStop(person, job));
  if (mine.length === 0) return NOT_YOURS;
  return { text: plain("More than one job is running here. Which one?"), buttons: mine.map(stopButton) };
}

/** Whoever says /cancel here does not mean what runs for somebody elsewhere. */
function elsewhere(desk: Desk, person: Person): Answer {
  const runs = desk.runs.filter(({ job }) => mayStop(person, job));
  if (runs.length === 0) return NOT_YOURS;
  const titles = runs.map(({ job }) => `“${titleOf(job)}”`).join(", ");
  return {
    text: plain(`Nothing is running here. In another chat or topic: ${titles}.`),
    buttons: runs.map(stopButton),
  };
}

function stopButton({ job }: JobRun): Button[] {
  return [{ text: `⏹ Stop ${titleOf(job, 30)}`, data: `stop:${job.id}` }];
}

function cancelWaiting(desk: Desk, person: Person, position: number): string {
  const job = desk.waiting[position - 1];
  if (!job) return `There is no number ${position} in the queue. /queue shows what waits.`;
  const removed = desk.remove(job.id, person);
  if (removed === "not-yours")
    return "That prompt belongs to somebody else; only its author and owners can remove it.";
  return removed ? `Removed: “${titleOf(removed)}”` : "That prompt has just started. /cancel stops it.";
}

function cancelAll(desk: Desk, person: Person): string {
  const removed = desk.waiting
    .map((job) => desk.remove(job.id, person))
    .filter((job) => typeof job === "object");
  const stopped = desk.runs.filter((run) => desk.cancel(person, run) === "stopping").length > 0;
  const inBackground = desk.residents.all.filter(
    ({ resident, job }) => !resident.isBusy && resident.tasks.length > 0 && mayStop(person, job),
  );
  for (const { resident } of inBackground) void resident.end();
  if (!stopped && removed.length === 0 && inBackground.length === 0)
    return "There is nothing of yours to cancel.";
  const pieces = [
    ...(stopped ? ["stopping the running job"] : []),
    ...(inBackground.length > 0 ? ["stopping what runs in the background"] : []),
    ...(removed.length > 0 ? [`removed ${removed.length} waiting`] : []),
  ].join(", ");
  return `${pieces[0]?.toUpperCase()}${pieces.slice(1)}.`;
}
