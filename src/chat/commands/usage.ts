import type { Sum } from "../../spending.ts";
import { contextShare } from "../../text/context-share.ts";
import { dollars } from "../../text/dollars.ts";
import { amount } from "../../text/duration.ts";
import { concat, join, styled } from "../../text/entities.ts";
import type { Command, CommandCall } from "./command.ts";

export const usage: Command = {
  names: ["usage"],
  summary: "What this session, today and this month have used",
  detail:
    "Shows cost and tokens of this chat's session, how full its context is, and how much of the day's budget (NANOGENT_BUDGET_USD) is left. Owners also see what all chats together have used today and this month, by the clock of the machine, and can go on over a budget that is reached. What runs counts when it ends; a turn that a crash of the bridge cut off does not count. A shell costs nothing. Codex reports no costs: of it only the tokens are known.",
  run(call) {
    const { desk, person } = call;
    const { budget } = desk;
    const isOwner = person.role === "owner";
    const { words, today, month, held } = budget;
    const sums: Row[] = isOwner
      ? [
          ["Today", sumWords(today)],
          ["This month", sumWords(month)],
        ]
      : [];
    const rows: Row[] = [...sessionRows(call), ...sums, ...(words ? [["Budget", words] as const] : [])];
    const button = { text: `▶ Go on today (${held.length} waiting)`, data: "go-on:" };
    return {
      text: join(
        rows.map(([name, value]) => concat(styled("bold", name), `: ${value}`)),
        "\n",
      ),
      ...(isOwner && held.length > 0 ? { buttons: [[button]] } : {}),
    };
  },
};

type Row = readonly [name: string, value: string];

function sessionRows({ desk, place }: CommandCall): Row[] {
  const { conversations } = desk;
  if (conversations.agent(place).output === "raw") return [["This session", "a shell costs nothing"]];
  const spent = conversations.spent(place);
  if (!spent) return [["This session", "nothing used yet"]];
  const { context } = spent;
  if (!context) return [["This session", sumWords(spent)]];
  const { contextTokens, contextWindow } = context;
  const filled = `${amount(contextTokens)} of ${amount(contextWindow)} (${contextShare(context)} %)`;
  return [
    ["This session", sumWords(spent)],
    ["Context", filled],
  ];
}

function sumWords({ turns, unpriced, costUsd, inputTokens, outputTokens }: Sum): string {
  if (turns === 0) return "nothing used yet";
  const prompts = `${turns} ${turns === 1 ? "prompt" : "prompts"}`;
  const cost =
    unpriced === 0
      ? dollars(costUsd)
      : unpriced === turns
        ? "no cost told"
        : `${dollars(costUsd)} and ${unpriced} without a cost told`;
  return `${prompts} · ${cost} · ${amount(inputTokens)} in / ${amount(outputTokens)} out`;
}
