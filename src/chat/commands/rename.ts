import { plain } from "../../text/entities.ts";
import type { Command } from "./command.ts";
import { noSessions, readName } from "./session-words.ts";

export const rename: Command = {
  names: ["rename"],
  usage: "name",
  summary: "Give the session a name",
  detail: "/sessions shows it by that name, and so does the agent's own list at the desk, where that has it.",
  ownersOnly: true,
  async run({ args, desk, place, facts }) {
    const { conversations } = desk;
    const agent = conversations.agent(place);
    if (!agent.sessions) return { text: plain(noSessions(agent)) };
    if (args === "") return { text: plain("Say how: /rename login page") };
    const { name, fault } = readName(args);
    if (fault !== undefined) return { text: plain(fault) };
    const { sessionId, fork: isToBeCopied } = conversations.opening(place, agent.name);
    if (sessionId === undefined || isToBeCopied) {
      await conversations.nameNextSession(place, agent.name, name);
      return { text: plain(`The session that the next prompt begins is called “${name}”.`) };
    }
    await agent.sessions.rename(facts.folder, sessionId, name);
    return { text: plain(`The session is called “${name}” now.`) };
  },
};
