import type { Desk } from "../../jobs/desk.ts";
import { clean } from "../../text/clean.ts";
import { join, plain, type RichText, styled } from "../../text/entities.ts";
import { UndoFault } from "../../undo/shadow.ts";
import { isUndo, type KnownTurn, turnName } from "../../undo/turns.ts";
import type { TurnChanges, Undo } from "../../undo/undo.ts";
import { within } from "../../within.ts";
import { conversationOf, type Place } from "../messenger.ts";
import type { Command } from "./command.ts";

/** What fits into one message, with some words around it. */
const LONGEST_SHOWN = 2_500;
const MOST_NAMES = 20;
/** The processes of a job whose answer is there may take a moment to end. */
const ENDING_MS = 3_000;
const BUSY = "A job is running in this folder: /undo works when nothing runs. /cancel stops it.";

export const undo: Command = {
  names: ["undo"],
  summary: "What the last turn has changed, and a button that takes it back",
  detail:
    "Shows the changes of the last turn of this conversation. The button puts back the files that still are as the turn has left them, and names the others. Files that git ignores, other repositories within the folder and .env are never touched. A second /undo takes the first one back. It needs a git repository.",
  ownersOnly: true,
  async run({ desk, facts, place, sendFile }) {
    try {
      if (desk.runs.length === 0) await within(desk.idle(), ENDING_MS);
      if (!desk.isFree) return { text: plain(BUSY) };
      const changes = await facts.undo.lastChanges(conversationOf(place));
      const { turn, files, changedSince, patch } = changes;
      if (files.length + changedSince.length === 0) return { text: plain(changed(turn, "no files")) };
      const text = clean(patch).trimEnd();
      const long = text.length > LONGEST_SHOWN;
      const name = "last-turn.diff";
      if (long && !(await sendFile({ name, bytes: Buffer.from(patch), caption: turnName(turn) })))
        return { text: plain("The changes are too long for a message, and the file could not be sent.") };
      const shown = long || text === "" ? [] : [styled("pre", text, { language: "diff" })];
      const answer = join([...shown, words(changes)], "\n\n");
      if (files.length === 0) return { text: answer };
      const yes = { text: `↩ Undo ${counted(files.length)}`, data: `undo:${turn.id}` };
      return { text: answer, buttons: [[yes, { text: "✖ Leave it", data: `undo-keep:${turn.id}` }]] };
    } catch (error) {
      if (!(error instanceof UndoFault)) throw error;
      return { text: plain(error.message) };
    }
  },
};

/**
 * Takes back what the turn has changed.
 * @returns what came of it, for the chat; its first line is the short of it. @throws UndoFault
 */
export async function undoTurn(
  id: string,
  place: Place,
  by: string,
  desk: Desk,
  undo: Undo,
): Promise<string> {
  const { done, left } = await undo.revert(conversationOf(place), id, () => desk.isFree);
  const kept = left.map(({ name, why }) => `${name} (${why})`);
  return [
    done.length === 0 ? "Nothing was undone." : `↩ Undone by ${by}: ${counted(done.length)}.`,
    ...list("", done),
    ...list("Left as they are:", kept),
  ].join("\n");
}

function words({ turn, files, changedSince, hidden }: TurnChanges): RichText {
  return plain(
    [
      changed(turn, counted(files.length + changedSince.length)),
      ...list("Changed again since then, and left as they are:", changedSince),
      ...list("Not shown, but changed as well:", hidden),
    ].join("\n"),
  );
}

function changed(turn: KnownTurn, what: string): string {
  return isUndo(turn)
    ? `T${turn.title.slice(1)} has changed ${what}.`
    : `The last turn has changed ${what}: ${turnName(turn)}`;
}

function counted(files: number): string {
  return `${files} ${files === 1 ? "file" : "files"}`;
}

function list(title: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const lines = names.slice(0, MOST_NAMES).map((name) => `• ${clean(name).replaceAll("\n", " ")}`);
  const more = names.length > MOST_NAMES ? [`… and ${names.length - MOST_NAMES} more`] : [];
  return [...(title === "" ? [] : [title]), ...lines, ...more];
}
