import type { Agent } from "../../agents/agent.ts";
import type { Session, Sessions } from "../../agents/sessions.ts";
import { clean } from "../../text/clean.ts";
import { cut } from "../../text/cut.ts";

/** Fits a button, and a line of a phone. */
const TITLE_LENGTH = 48;
const LONGEST_NAME = 80;
const SHORT_ID = 8;

/** What a session is called, or how it begins; without secrets. */
export function sessionTitle({ name, firstWords }: Session, redact: (text: string) => string): string {
  const line = redact(clean(name ?? firstWords).replace(/\s+/g, " ")).trim();
  if (line.length <= TITLE_LENGTH) return line;
  return `${cut(line, TITLE_LENGTH - 1).trimEnd()}…`;
}

/** As much of an id as tells it from the others. */
export function shortId(id: string, others: readonly Session[]): string {
  for (let length = SHORT_ID; length < id.length; length += 1) {
    const short = id.slice(0, length);
    if (!short.endsWith("-") && others.every((other) => other.id === id || !other.id.startsWith(short)))
      return short;
  }
  return id;
}

/** The session that is meant by the beginning of its id; a sentence for the chat when that is none, or not one. */
export async function sessionNamed(
  typed: string,
  sessions: Sessions,
  folder: string,
): Promise<Session | string> {
  if (!/^\w[\w-]*$/.test(typed)) return "That is no id of a session. /sessions lists them.";
  const found = await sessions.find(folder, typed.toLowerCase());
  const exact =
    found.find(({ id }) => id === typed.toLowerCase()) ?? (found.length === 1 ? found[0] : undefined);
  if (exact) return exact;
  if (found.length === 0)
    return `There is no session ${typed.slice(0, 40)} in this folder. /sessions lists them.`;
  const ids = found.map(({ id }) => shortId(id, found)).join(", ");
  return `More than one session begins with ${typed}: ${ids}. Type more of it.`;
}

/** What is said where an agent keeps no sessions. */
export function noSessions({ name }: Agent): string {
  return `${name} has no sessions: each prompt stands for itself. /agent chooses another one.`;
}

/** A name for a session as it was typed, or what is wrong with it. */
export function readName(
  typed: string,
): { readonly name: string; readonly fault?: never } | { readonly name?: never; readonly fault: string } {
  const name = typed.replace(/[\s\p{Cc}]+/gu, " ").trim();
  if (name === "") return { fault: "That is no name." };
  if (name.length > LONGEST_NAME)
    return { fault: `That name is too long: ${LONGEST_NAME} characters are the most.` };
  // It is written down like a word of a command line.
  if (name.startsWith("-")) return { fault: "A name cannot begin with a dash." };
  return { name };
}
