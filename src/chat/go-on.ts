import type { LetOnHow } from "../jobs/budget.ts";
import type { Desk } from "../jobs/desk.ts";
import { type OpenJob, titleOf } from "../jobs/job.ts";
import type { Person } from "../jobs/person.ts";
import { dollars } from "../text/dollars.ts";
import { join, plain, styled } from "../text/entities.ts";
import { byWhom } from "./by-whom.ts";
import type { Messenger } from "./messenger.ts";

/** What stays under the message about a prompt, after who let it on. */
const VERDICTS: Readonly<Record<LetOnHow, string>> = {
  waits: "▶ Waits for its turn, let on",
  started: "▶ Let on",
  steered: "↪ Joined the running turn; let on",
  removed: "✖ Removed from the queue; let on",
};

/**
 * Runs what the budget has held back, and says under each message about it what became of that.
 * @param now Milliseconds since the epoch.
 * @returns a short notice for whoever pressed.
 */
export async function goOn(person: Person, desk: Desk, messenger: Messenger, now: number): Promise<string> {
  if (person.role !== "owner") return "Only owners may go on over the budget.";
  const before = desk.budget.limit;
  const lifted = (): string => {
    const { limit } = desk.budget;
    return limit === undefined || limit === before ? "" : ` The limit of today is now ${dollars(limit)}.`;
  };
  const tell = ({ job, messages, last }: OpenJob, how: LetOnHow): void => {
    const message = messages.at(-1);
    const verdict = styled("italic", `${VERDICTS[how]}${byWhom(person.name, now)}.${lifted()}`);
    const text = join([last ?? plain(titleOf(job)), verdict], "\n\n");
    if (message) void messenger.edit(message, () => ({ text }), { final: true });
  };
  const held = await desk.budget.goOn(desk.cases, tell);
  return held === 0 ? "Nothing waits for the budget any more." : `Goes on.${lifted()}`;
}
