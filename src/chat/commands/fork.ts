import { plain } from "../../text/entities.ts";
import type { Command } from "./command.ts";
import { noSessions } from "./session-words.ts";

export const fork: Command = {
  names: ["fork"],
  summary: "Go on in a copy of the session",
  detail:
    "The next prompt here goes on in a copy, which knows all that was said so far. The session itself stays as it is: /sessions goes back to it.",
  ownersOnly: true,
  async run({ desk, place }) {
    const { conversations } = desk;
    const agent = conversations.agent(place);
    if (!agent.sessions) return { text: plain(noSessions(agent)) };
    const isSet = await conversations.forkSession(place, agent.name);
    if (!isSet) return { text: plain("There is no session here to be copied: the next prompt begins one.") };
    return { text: plain("The next prompt goes on in a copy of this session, which stays as it is.") };
  },
};
