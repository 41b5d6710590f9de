import { sessionsView, switchTo } from "../commands/sessions.ts";
import { type Press, type PressOptions, show, split } from "./press.ts";

const OWNERS = "Sessions are for owners of this bot only.";

export async function turnPage(
  page: string,
  { person, place, message }: Press,
  { desk, messenger, facts }: PressOptions,
): Promise<string> {
  if (person.role !== "owner") return OWNERS;
  const view = await sessionsView(desk, place, facts, Number(page));
  if (message) show(messenger, message, view);
  return "Here it is.";
}

/** `key` has the page that is shown, the agent whose session it is, and the session. */
export async function chooseSession(
  key: string,
  { person, place, message }: Press,
  { desk, messenger, facts }: PressOptions,
): Promise<string> {
  if (person.role !== "owner") return OWNERS;
  const [page, session] = split(key);
  const said = await switchTo(...split(session), desk, place, facts);
  if (message) show(messenger, message, await sessionsView(desk, place, facts, Number(page)));
  return said;
}
