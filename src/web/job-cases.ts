import { goOn } from "../chat/go-on.ts";
import type { PressOptions } from "../chat/presses/press.ts";
import { type Settled, settleCase } from "../chat/presses/settle.ts";
import { type OpenJob, titleOf } from "../jobs/job.ts";
import { remediesOf } from "../jobs/open-cases.ts";
import type { Person } from "../jobs/person.ts";
import type { WebCase } from "./needs.ts";

/** A job that waits for somebody's decision, as the page shows it. */
export function caseView(open: OpenJob): WebCase {
  const { job } = open;
  const { id, author, queuedAt } = job;
  return {
    id,
    title: titleOf(job),
    by: author.name,
    since: queuedAt,
    why: whyOf(open),
    how: remediesOf(open),
  };
}

function whyOf(open: OpenJob): string {
  if (open.overBudget) return "The day's budget was reached.";
  if (remediesOf(open).includes("again")) return "It was cut off: the bridge went down.";
  return open.job.heard ? "Spoken: is it what was said?" : "Sent while the bridge was down.";
}

/** Decides about such a job as its button in the chat does, where the decision is told as well. */
export async function settleAtPage(
  id: string,
  how: string,
  person: Person,
  options: Pick<PressOptions, "desk" | "messenger" | "now">,
): Promise<Settled> {
  const { desk, messenger, now } = options;
  const open = desk.cases.undecided(id);
  const remedy = open && remediesOf(open).find((each) => each === how);
  if (!remedy) return { outcome: "decided", notice: "This has been decided already." };
  if (remedy === "go-on") return { outcome: "settled", notice: await goOn(person, desk, messenger, now()) };
  return settleCase(id, remedy, { person, message: undefined }, options);
}
