import { titleOf } from "../../jobs/job.ts";
import type { Remedy } from "../../jobs/open-cases.ts";
import { mayStop } from "../../jobs/person.ts";
import { showEnd } from "../../jobs/reactions.ts";
import { join, plain, styled } from "../../text/entities.ts";
import { byWhom } from "../by-whom.ts";
import { NOT_YOURS, type PressHandler, show } from "./press.ts";

/** What whoever pressed reads, and what stays under the question. */
const VERDICTS: Readonly<Record<Remedy, { readonly notice: string; readonly done: string }>> = {
  resume: { notice: "Resumes.", done: "▶ Resumed" },
  again: { notice: "Runs again.", done: "🔁 Run again" },
  run: { notice: "Runs.", done: "▶ Run" },
  drop: { notice: "Dropped.", done: "✖ Dropped" },
};

/** What becomes of a prompt that the chat was asked about. */
export function settle(how: Remedy): PressHandler {
  return async (id, { person, message }, { desk, messenger, now }) => {
    const open = desk.cases.undecided(id);
    if (!open) return "This has been decided already.";
    if (!mayStop(person, open.job)) return NOT_YOURS;
    const agent = desk.conversations.agent(open.job.place).name;
    if (how === "resume" && open.agent !== agent)
      return `That was a session of ${open.agent}, and ${agent} answers now. Run it again, or drop it.`;
    await desk.cases.settle(open, how);
    if (open.overBudget) desk.budget.offerUntold(open.job.place);
    if (how === "drop") showEnd(open.job, "dropped", messenger);
    const { notice, done } = VERDICTS[how];
    const verdict = styled("italic", `${done}${byWhom(person.name, now())}`);
    if (message)
      show(messenger, message, { text: join([open.last ?? plain(titleOf(open.job)), verdict], "\n\n") });
    return notice;
  };
}
