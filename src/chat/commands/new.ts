import { plain } from "../../text/entities.ts";
import type { Command } from "./command.ts";

export const newSession: Command = {
  names: ["new", "clear"],
  afterPrompts: true,
  summary: "Start a fresh session with the next prompt",
  detail:
    "The agent forgets the conversation so far. What runs or waits is not touched: waiting prompts run in the new session. Where a shell answers, the next command is in the project's folder again, with the environment of the start.",
  ownersOnly: true,
  async run({ desk, place }) {
    await desk.newSession(place);
    const running = desk.runIn(place) ? " What is running now still belongs to the old one." : "";
    return { text: plain(`The next prompt starts a fresh session.${running}`) };
  },
};
