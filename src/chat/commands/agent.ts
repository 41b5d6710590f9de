import type { Desk } from "../../jobs/desk.ts";
import { concat, plain, styled } from "../../text/entities.ts";
import type { Place } from "../messenger.ts";
import { choiceList, noSuchOption, optionNamed } from "./choice.ts";
import type { Command } from "./command.ts";

export const agent: Command = {
  names: ["agent"],
  usage: "[name]",
  summary: "Choose who answers here",
  detail:
    "/agent lists the agents, /agent NAME takes one from the next prompt on, in this chat or topic. Each keeps its own session, so going back goes on where you were.",
  ownersOnly: true,
  async run({ args, desk, place }) {
    const { agents } = desk.conversations;
    const options = agents.names.map((name) => ({ value: name, label: name }));
    const current = desk.conversations.agent(place).name;
    if (args === "")
      return choiceList(concat("Here answers: ", styled("bold", current)), "agent", options, current);
    const chosen = optionNamed(options, args);
    if (chosen) return { text: plain(await setAgent(desk, place, chosen.value)) };
    return args.toLowerCase() === "custom" ? { text: plain(NO_CUSTOM) } : noSuchOption(args, options);
  },
};

const NO_CUSTOM =
  "The agent custom is any program of yours: set NANOGENT_AGENT_COMMAND to its command line in .env, then restart the bridge or send it SIGHUP.";

/** @returns what to say about it. */
export async function setAgent(desk: Desk, place: Place, name: string): Promise<string> {
  if (!desk.conversations.agents.names.includes(name)) return "There is no such agent.";
  await desk.conversations.choose(place, "agent", name);
  const goesOn =
    desk.conversations.session(place, name) === undefined ? "" : ", in the session that it has here";
  return `From the next prompt on ${name} answers here${goesOn}.`;
}
