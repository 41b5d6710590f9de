import type { Session } from "../../agents/sessions.ts";
import type { Desk } from "../../jobs/desk.ts";
import { duration } from "../../text/duration.ts";
import { concat, plain, type RichText, styled } from "../../text/entities.ts";
import type { Button, Place } from "../messenger.ts";
import type { Answer, Command, Facts } from "./command.ts";
import { noSessions, sessionNamed, sessionTitle, shortId } from "./session-words.ts";

/** So many fit a phone's screen with their buttons. */
const ON_A_PAGE = 6;
/** The number of a page is a part of what a button says. */
const MOST_PAGES = 1_000;

export const sessions: Command = {
  names: ["sessions"],
  usage: "[page]",
  summary: "Earlier sessions in this folder, to go on with",
  detail:
    "The sessions of the agent that answers here, the latest first, also those that were begun at the desk; a press goes on with one. /resume ID does it by its id, /fork goes on in a copy, /rename gives it a name, /export sends what was said.",
  ownersOnly: true,
  run: ({ args, desk, place, facts }) =>
    sessionsView(desk, place, facts, /^\d+$/.test(args) ? Number(args) - 1 : 0),
};

/** A page of the list, counted from 0. */
export async function sessionsView(desk: Desk, place: Place, facts: Facts, wanted: number): Promise<Answer> {
  const agent = desk.conversations.agent(place);
  if (!agent.sessions) return { text: plain(noSessions(agent)) };
  const page = Number.isInteger(wanted) ? Math.min(Math.max(0, wanted), MOST_PAGES - 1) : 0;
  await desk.writtenDown(place);
  // One more tells whether there is another page.
  const found = await agent.sessions.list(facts.folder, page * ON_A_PAGE, ON_A_PAGE + 1);
  if (found.length === 0 && page > 0) return sessionsView(desk, place, facts, page - 1);
  if (found.length === 0) {
    return { text: plain(`${agent.name} has no sessions in this folder yet. The next prompt begins one.`) };
  }
  const shown = found.slice(0, ON_A_PAGE);
  const { sessionId: current, fork } = desk.conversations.opening(place, agent.name);
  const rows = shown.map((session, index) => {
    const number = page * ON_A_PAGE + index + 1;
    const mark = session.id === current ? "● " : "";
    const title = `${mark}${number}. ${sessionTitle(session, facts.redact)}`;
    const line = concat(
      "\n\n",
      session.id === current ? styled("bold", title) : title,
      `\n    ${factsOf(session, facts.now())} · `,
      styled("code", shortId(session.id, found)),
      session.id === current && fork ? " · the next prompt goes on in a copy" : "",
    );
    return { line, button: { text: title, data: `session:${page}:${agent.name}:${session.id}` } };
  });
  const text: RichText = concat(
    `Sessions of ${agent.name} in this folder${page > 0 ? `, page ${page + 1}` : ""}:`,
    ...rows.map(({ line }) => line),
  );
  return {
    text,
    buttons: [...rows.map(({ button }) => [button]), ...turning(page, found.length > ON_A_PAGE)],
  };
}

function turning(page: number, isMore: boolean): Button[][] {
  const back = page > 0 ? [{ text: "◀", data: `sessions:${page - 1}` }] : [];
  const on = isMore ? [{ text: "▶", data: `sessions:${page + 1}` }] : [];
  return back.length + on.length > 0 ? [[...back, ...on]] : [];
}

function factsOf({ lastUsed, turns }: Session, now: number): string {
  const age = `${duration(now - lastUsed)} ago`;
  if (!turns) return age;
  return `${age} · ${turns.count}${turns.atLeast ? "+" : ""} ${turns.count === 1 ? "turn" : "turns"}`;
}

/**
 * The next prompt of a conversation goes on with a session of this folder.
 * @param agentName whose session it is.
 * @param typed the beginning of its id.
 * @returns what to say about it.
 */
export async function switchTo(
  agentName: string,
  typed: string,
  desk: Desk,
  place: Place,
  { folder, redact }: Facts,
): Promise<string> {
  const agent = desk.conversations.agent(place);
  if (agent.name !== agentName)
    return `That is a session of ${agentName}, and ${agent.name} answers here now.`;
  if (!agent.sessions) return noSessions(agent);
  const session = await sessionNamed(typed, agent.sessions, folder);
  if (typeof session === "string") return session;
  // The agent whose session it is: another one may have been chosen meanwhile.
  await desk.switchSession(place, agent.name, session.id);
  const running = desk.runIn(place) ? " What runs now stays in its own." : "";
  return `The next prompt goes on with “${sessionTitle(session, redact)}”.${running}`;
}
