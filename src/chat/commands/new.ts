import { plain } from "../../text/entities.ts";
import type { Command } from "./command.ts";
import { readName } from "./session-words.ts";

export const newSession: Command = {
  names: ["new", "clear"],
  usage: "[name]",
  afterPrompts: true,
  summary: "Start a fresh session with the next prompt",
  detail:
    "The agent forgets the conversation so far; /sessions goes back to it. With a name, such as /new login page, the new session is called that. What runs or waits is not touched: waiting prompts run in the new session. Where a shell answers, the next command is in the project's folder again, with the environment of the start.",
  ownersOnly: true,
  async run({ args, desk, place }) {
    const name = args === "" ? undefined : readName(args);
    if (name?.fault !== undefined) return { text: plain(name.fault) };
    const isNamed = name !== undefined && desk.conversations.agent(place).sessions !== undefined;
    await desk.newSession(place, isNamed ? name.name : undefined);
    const running = desk.runIn(place) ? " What is running now still belongs to the old one." : "";
    const called = isNamed ? `, called “${name.name}”` : "";
    return { text: plain(`The next prompt starts a fresh session${called}.${running}`) };
  },
};
