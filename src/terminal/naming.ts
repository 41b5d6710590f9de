import { SESSION_NAME } from "../session-name.ts";
import { clean } from "../text/clean.ts";
import { type Where, whereWord } from "./backends.ts";
import { BackendError } from "./pty.ts";

const LONGEST_LABEL = 40;

/** What runs where, for people. @param shell The path of the user's own. */
export function labelOf(where: Where, command: string | undefined, shell: string): string {
  const words = command ?? (where.kind === "host" ? (shell.split("/").at(-1) ?? "sh") : "");
  const place = where.kind === "host" ? "" : `${whereWord(where)} `;
  const label = clean(`${place}${words}`).replace(/\s+/g, " ").trim();
  return label.length > LONGEST_LABEL ? `${label.slice(0, LONGEST_LABEL - 1)}…` : label;
}

/**
 * @param id Of the session that is to have the name.
 * @throws BackendError for what is no name, or another one's.
 */
export function refuseName(name: string, id: string, isTaken: (name: string) => boolean): void {
  if (!SESSION_NAME.test(name))
    throw new BackendError("A name has letters, digits, “.”, “_” and “-”, 64 at most.");
  // The id of another one, also of one that is still to come, would be taken for that.
  if ((/^term-\d+$/.test(name) && name !== id) || isTaken(name))
    throw new BackendError(`The name ${name} is taken.`, "Choose another one.");
}
