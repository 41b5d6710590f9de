import { plain } from "../../text/entities.ts";
import type { Command } from "./command.ts";
import { sessionsView, switchTo } from "./sessions.ts";

export const resume: Command = {
  names: ["resume"],
  usage: "[ID]",
  summary: "Go on with an earlier session",
  detail:
    "/resume ID goes on with that session of this folder from the next prompt on, also one that was begun at the desk; the beginning of the id is enough. /resume alone lists them, as /sessions does.",
  ownersOnly: true,
  async run({ args, desk, place, facts }) {
    if (args === "") return sessionsView(desk, place, facts, 0);
    return { text: plain(await switchTo(desk.conversations.agent(place).name, args, desk, place, facts)) };
  },
};
