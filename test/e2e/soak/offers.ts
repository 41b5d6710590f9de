import { join } from "node:path";
import { readState } from "../../../src/store.ts";
import { fromBot } from "../chats.ts";
import type { Project } from "../project.ts";
import { numberOf } from "./prompts.ts";
import type { Random } from "./random.ts";

export type Decision = "again" | "drop";

/** What was offered after a restart, by the id of the job, and how it was decided. */
export interface Offers {
  /** By the prompt's number, in the order in which they were offered. */
  readonly decisions: ReadonlyMap<number, readonly Decision[]>;
  /** Presses a button under each offer that stands in the chats now. */
  decide(): Promise<void>;
}

const LABELS: Readonly<Record<Decision, string>> = { again: "🔁 Run again", drop: "✖ Drop" };

export function createOffers(
  { api, folder }: Project,
  chats: readonly { readonly id: number; readonly userId: number }[],
  random: Random,
): Offers {
  const decisions = new Map<number, readonly Decision[]>();
  const decided = new Map<string, Decision>();
  const pressing = new Set<string>();

  /** Which prompt it is about stands in the journal until it is decided. */
  async function decisionFor(jobId: string): Promise<Decision | undefined> {
    const { openJobs } = await readState(join(folder, ".nanogent", "journal.jsonl"));
    const open = openJobs.find(({ job }) => job.id === jobId);
    // The button comes into the chat a moment before the journal says so.
    if (open?.status !== "interrupted") return undefined;
    const number = numberOf(open.job.parts.map(({ text }) => text).join("\n"));
    const decision = random.pick(["again", "drop"] as const);
    decided.set(jobId, decision);
    decisions.set(number, [...(decisions.get(number) ?? []), decision]);
    return decision;
  }

  return {
    decisions,
    async decide() {
      for (const { id, userId } of chats) {
        for (const message of fromBot(api, id)) {
          const offer = message.keyboard.flat().find(({ text }) => text === LABELS.again);
          const jobId = offer?.callback_data?.replace(/^again:/, "");
          if (jobId === undefined || message.deleted || pressing.has(jobId)) continue;
          const decision = decided.get(jobId) ?? (await decisionFor(jobId));
          if (decision === undefined) continue;
          pressing.add(jobId);
          // The answer to a press may be lost: then the same button is pressed once more.
          void api.press(message, LABELS[decision], { from: userId }).then(
            () => pressing.delete(jobId),
            () => pressing.delete(jobId),
          );
        }
      }
    },
  };
}
