import type { Keyboard } from "../chat/messenger.ts";
import { dollars } from "../text/dollars.ts";
import type { Budget } from "./budget.ts";
import { type Job, titleOf } from "./job.ts";

/** What the chat is asked about a prompt that was not started because of the budget. */
export function overBudgetOffer(job: Job, budget: Budget): { text: string; buttons: Keyboard } {
  const { limit = 0, usd = 0, today, isReached } = budget;
  const title = `“${titleOf(job)}”`;
  const drop = { text: "✖ Drop", data: `drop:${job.id}` };
  if (!isReached) {
    const text = `💰 ${title} was not started: the day's budget was reached.`;
    return { text, buttons: [[{ text: "▶ Go on", data: `go-on:${job.id}` }, drop]] };
  }
  const planned = job.schedule ? "\nWhat else is planned here waits too, without another message." : "";
  return {
    text: `💰 ${title} waits: today's budget is reached, ${dollars(today.costUsd)} of ${dollars(limit)} are spent. An owner can go on today; what you send tomorrow runs by itself.${planned}`,
    buttons: [[{ text: `▶ Go on today (+${dollars(usd)})`, data: `go-on:${job.id}` }, drop]],
  };
}
