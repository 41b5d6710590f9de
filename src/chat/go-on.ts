import type { Desk } from "../jobs/desk.ts";
import { titleOf } from "../jobs/job.ts";
import type { Person } from "../jobs/person.ts";
import { dollars } from "../text/dollars.ts";
import { join, plain, styled } from "../text/entities.ts";
import { byWhom } from "./by-whom.ts";
import type { Messenger } from "./messenger.ts";

/**
 * Runs what the budget has held back, and says so under each message about it.
 * @param now Milliseconds since the epoch.
 * @returns a short notice for whoever pressed.
 */
export async function goOn(person: Person, desk: Desk, messenger: Messenger, now: number): Promise<string> {
  if (person.role !== "owner") return "Only owners may go on over the budget.";
  const before = desk.budget.limit;
  const held = await desk.budget.goOn(desk.cases);
  if (held.length === 0) return "Nothing waits for the budget any more.";
  const { limit } = desk.budget;
  const lifted =
    limit === undefined || limit === before ? "" : ` The limit of today is now ${dollars(limit)}.`;
  for (const { job, messages, last } of held) {
    const message = messages.at(-1);
    const verdict = styled("italic", `▶ Let on${byWhom(person.name, now)}.${lifted}`);
    const text = join([last ?? plain(titleOf(job)), verdict], "\n\n");
    if (message) void messenger.edit(message, () => ({ text }), { final: true });
  }
  return `Goes on.${lifted}`;
}
