import type { PermissionMode } from "../../agents/agent.ts";
import type { Desk } from "../../jobs/desk.ts";
import { concat, plain, styled } from "../../text/entities.ts";
import type { Place } from "../messenger.ts";
import { choiceList, noSuchOption, type Option, optionNamed } from "./choice.ts";
import type { Command } from "./command.ts";

const MODES: readonly (Option & { readonly value: PermissionMode })[] = [
  { value: "skip", label: "skip", description: "everything without asking" },
  { value: "ask", label: "ask", description: "asks here before it acts" },
  { value: "edits", label: "edits", description: "may edit files, asks for the rest" },
  { value: "plan", label: "plan", description: "only plans" },
];

export const mode: Command = {
  names: ["mode"],
  usage: "[skip | ask | edits | plan]",
  summary: "How much the agent may do without asking",
  detail:
    "skip: everything without asking. ask: asks here before it acts. edits: may edit files, asks for the rest. plan: makes a plan for your approval first. It counts in this chat or topic, at once also for what runs, where the agent can change it then.",
  ownersOnly: true,
  async run({ args, desk, place }) {
    const { conversations } = desk;
    const current = conversations.mode(place);
    if (args === "") {
      return choiceList(concat("The agent's mode here: ", styled("bold", current)), "mode", MODES, current);
    }
    const chosen = optionNamed(MODES, args);
    return chosen ? { text: plain(await setMode(desk, place, chosen.value)) } : noSuchOption(args, MODES);
  },
};

/** Changes the mode of a conversation, also of what runs there. @returns what to say about it. */
export async function setMode(desk: Desk, place: Place, value: string): Promise<string> {
  const chosen = MODES.find((each) => each.value === value);
  if (!chosen) return "There is no such mode.";
  await desk.conversations.choose(place, "mode", chosen.value);
  const run = desk.runIn(place);
  if (!run) return `Mode: ${chosen.value} (${chosen.description}).`;
  const now = await run.setMode(chosen.value);
  return now
    ? `Mode: ${chosen.value} (${chosen.description}), also for what runs now.`
    : `Mode: ${chosen.value} (${chosen.description}). What runs now cannot change to that: it counts from the next prompt on.`;
}
