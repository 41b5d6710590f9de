import { titleOf } from "../../jobs/job.ts";
import type { Remedy } from "../../jobs/open-cases.ts";
import { mayStop } from "../../jobs/person.ts";
import { showEnd } from "../../jobs/reactions.ts";
import { join, plain, styled } from "../../text/entities.ts";
import { byWhom } from "../by-whom.ts";
import { NOT_YOURS, type Press, type PressHandler, type PressOptions, show } from "./press.ts";

/** What whoever pressed reads, and what stays under the question. */
const VERDICTS: Readonly<Record<Remedy, { readonly notice: string; readonly done: string }>> = {
  resume: { notice: "Resumes.", done: "▶ Resumed" },
  again: { notice: "Runs again.", done: "🔁 Run again" },
  run: { notice: "Runs.", done: "▶ Run" },
  drop: { notice: "Dropped.", done: "✖ Dropped" },
};

/** `other-agent`: it cannot go on, since another agent answers there now. */
export interface Settled {
  readonly outcome: "settled" | "decided" | "not-yours" | "other-agent";
  /** For whoever has asked. */
  readonly notice: string;
}

/**
 * Settles what the chat was asked about, and says so under the question.
 * @param message Where the question stands; undefined for the last message about that job.
 * @param now Milliseconds since the epoch.
 */
export async function settleCase(
  id: string,
  how: Remedy,
  { person, message }: Pick<Press, "person" | "message">,
  { desk, messenger, now }: Pick<PressOptions, "desk" | "messenger" | "now">,
): Promise<Settled> {
  const open = desk.cases.undecided(id);
  if (!open) return { outcome: "decided", notice: "This has been decided already." };
  if (!mayStop(person, open.job)) return { outcome: "not-yours", notice: NOT_YOURS };
  const agent = desk.conversations.agent(open.job.place).name;
  if (how === "resume" && open.agent !== agent) {
    const notice = `That was a session of ${open.agent}, and ${agent} answers now. Run it again, or drop it.`;
    return { outcome: "other-agent", notice };
  }
  await desk.cases.settle(open, how);
  if (open.overBudget) desk.budget.offerUntold(open.job.place);
  if (how === "drop") showEnd(open.job, "dropped", messenger);
  const { notice, done } = VERDICTS[how];
  const verdict = styled("italic", `${done}${byWhom(person.name, now())}`);
  const question = message ?? open.messages.at(-1);
  if (question)
    show(messenger, question, { text: join([open.last ?? plain(titleOf(open.job)), verdict], "\n\n") });
  return { outcome: "settled", notice };
}

/** What becomes of a prompt that the chat was asked about. */
export function settle(how: Remedy): PressHandler {
  return async (id, press, options) => (await settleCase(id, how, press, options)).notice;
}
