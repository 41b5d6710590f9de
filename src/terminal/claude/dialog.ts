import type { JsonObject } from "../../agents/json.ts";
import type { HeldSession } from "../terminal-session.ts";

const CHOICE = /^\s*\d+\.\s/;
/** Above a dialog, over the whole width. */
const RULE = /^\s*╭?─{20}/;
/** In characters: what is longer may be cut by the edge of the screen, or by a line's number. */
const PIECE = 24;

/** The dialog of Claude Code on the screen, without white space; undefined when none is there. */
export async function readDialog(session: HeldSession): Promise<string | undefined> {
  await session.screen.settled();
  const { terminal } = session.screen;
  const { active } = terminal.buffer;
  const rows = Array.from(
    { length: terminal.rows },
    (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? "",
  );
  // The cursor of the lowest list or line to type into: in a dialog it is at a numbered choice.
  const cursor = rows.findLastIndex((row) => /^[\s│]*[❯>]/.test(row));
  if (!CHOICE.test((rows[cursor] ?? "").replace(/^[\s│]*[❯>]/, ""))) return undefined;
  const top = rows.slice(0, cursor).findLastIndex((row) => RULE.test(row));
  return rows
    .slice(top + 1)
    .join("")
    .replace(/[\s│]/g, "");
}

/** By what a dialog about the use of a tool is known: pieces of the texts in its input, without white space. */
export function piecesOf(input: JsonObject): readonly string[] {
  return textsIn(input)
    .flatMap((text) => text.split(/[\n/]/))
    .flatMap((line) => line.replace(/[\s│]/g, "").match(new RegExp(`.{1,${PIECE}}`, "gu")) ?? []);
}

/** What a dialog is about; undefined when it is about none of them, or could be about a few. */
export function whose<Asked extends { readonly pieces: readonly string[] }>(
  dialog: string,
  all: readonly Asked[],
): Asked | undefined {
  const known = all.map((asked) => {
    const found = asked.pieces.filter((piece) => dialog.includes(piece));
    return { asked, length: found.join("").length };
  });
  const most = Math.max(...known.map(({ length }) => length));
  const [first, ...others] = known.filter(({ length }) => length === most);
  return most > 0 && others.length === 0 ? first?.asked : undefined;
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
