import type { Session } from "../../agents/sessions.ts";
import { plain } from "../../text/entities.ts";
import { createTranscript } from "../transcript.ts";
import type { Command } from "./command.ts";
import { noSessions, sessionNamed, sessionTitle } from "./session-words.ts";

const SHORT_ID = 13;

export const exportSession: Command = {
  names: ["export"],
  usage: "[ID]",
  summary: "Send what was said in the session, as a file",
  detail:
    "A Markdown file with prompts, answers, and a line for each tool. /export ID sends another session of this folder; the beginning of the id is enough; that is for owners.",
  async run({ args, person, desk, place, facts, sendFile }) {
    const { conversations } = desk;
    if (args !== "" && person.role !== "owner")
      return { text: plain("Other sessions than the one here are for owners of this bot only.") };
    const agent = conversations.agent(place);
    if (!agent.sessions) return { text: plain(noSessions(agent)) };
    const wanted = args === "" ? conversations.session(place, agent.name) : args;
    if (wanted === undefined) return { text: plain("There is no session here yet. /sessions lists others.") };
    const session: Session | string = await sessionNamed(wanted, agent.sessions, facts.folder);
    if (typeof session === "string") return { text: plain(session) };
    const title = sessionTitle(session, facts.redact);
    const transcript = createTranscript(title, agent.name, facts.redact);
    await desk.writtenDown(place);
    await agent.sessions.transcript(facts.folder, session.id, transcript.add);
    const markdown = transcript.markdown();
    if (markdown === undefined) return { text: plain("Nothing was said in it yet.") };
    const name = `session-${session.id.slice(0, SHORT_ID)}.md`;
    if (await sendFile({ name, bytes: Buffer.from(markdown), caption: title })) return undefined;
    return { text: plain("The file could not be sent.") };
  },
};
