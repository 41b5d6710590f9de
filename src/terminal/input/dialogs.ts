import type { Look } from "./look.ts";

/** A question on the screen that the next Enter would answer. */
export interface Dialog {
  /** Whose it is, as far as that can be told. */
  readonly agent: "Claude Code" | "Codex" | "Gemini" | undefined;
  /** It asks whether something may be done; any other one wants to know something. */
  readonly kind: "permission" | "question";
  /** Its own words. */
  readonly question: string;
}

/** A choice with the mark in front, such as `❯ 1. Yes` of Claude Code, `› 1.` of Codex, `│ ● 1.` of Gemini. */
const CHOSEN = /^[\s│]*([❯›●>])\s*\d+[.)]/;
const CHOICE = /^[\s│]*(?:[❯›●>]\s*)?\d+[.)]/;
/** All but Gemini's stand alone in front of a line to type into. */
const MARKED = /^[\s│]*(?:[❯›>](?:\s|$)|●\s*\d+[.)])/;
/** How the last lines of a dialog begin, where its choices have no numbers or no room. */
const HINT =
  /^[\s│]*(?:(?:press )?enter(?:\/esc)? (?:to )?(?:confirm|select|continue|set)|esc to cancel\b|enter select\b)/i;
const AGENTS = { "❯": "Claude Code", "›": "Codex", "●": "Gemini" } as const;
const PERMISSION = /\b(?:do you want to|would you like to|allow execution|apply this change)/i;
const TRUST = /\btrust\b|safety check/i;
/** The frame of a dialog, and what was told or done before it. */
const ABOVE = /^\s*(?:[╭─━]{4}|[❯›>●•⎿]\s)/;
/** Rows of a dialog above its choices. */
const NEAR = 20;
const LONGEST = 100;

/** The dialog that the screen shows; undefined when there is a line to type into, or nothing that is known. */
export function dialogOn(look: Look): Dialog | undefined {
  const chosen = look.rows.findLastIndex((row) => MARKED.test(row));
  const [, mark] = CHOSEN.exec(look.rows[chosen] ?? "") ?? [];
  if (mark !== undefined && isList(look, chosen)) return about(look.rows.slice(0, chosen), mark);
  const end = look.rows.findLastIndex((row) => row.trim() !== "");
  const hint = look.rows.findLastIndex((row, index) => index < end && row.trim() === "") + 1;
  if (look.cursor.isHidden && hint > chosen && HINT.test(look.rows[hint] ?? ""))
    return about(look.rows.slice(0, hint), undefined);
  return undefined;
}

/** A list to choose from, rather than a numbered list that somebody types or that was printed a while ago. */
function isList({ rows, cursor }: Look, chosen: number): boolean {
  const mark = (rows[chosen] ?? "").search(/[❯›●>]/);
  // In a line to type into it stands behind the mark. The other choices may be out of sight.
  if (cursor.isHidden && cursor.row === chosen && cursor.column <= mark + 1) return true;
  const neighbours = [...rows.slice(Math.max(0, chosen - 3), chosen), ...rows.slice(chosen + 1, chosen + 4)];
  if (!neighbours.some((row) => CHOICE.test(row))) return false;
  const blank = rows.findIndex((row, index) => index > chosen && /^[\s│]*$/.test(row));
  const end = blank < 0 ? rows.length : blank;
  if (cursor.row >= chosen && cursor.row < end && cursor.column > mark + 1) return false;
  return cursor.isHidden || cursor.row < end;
}

/** Its question is the lowest row above that asks for leave, or asks at all, or how what stands there begins. */
function about(above: readonly string[], mark: string | undefined): Dialog {
  const top = above.findLastIndex((row) => ABOVE.test(row)) + 1;
  const rows = above
    .slice(Math.max(top, above.length - NEAR))
    .map((row) => row.replace(/[│╰╯]/g, " ").trim());
  const near = rows.slice(0, rows.findLastIndex((row) => row !== "") + 1).filter((row) => !CHOICE.test(row));
  const leave = near.findLastIndex((row) => PERMISSION.test(row) && !TRUST.test(row));
  const asking = leave >= 0 ? leave : near.findLastIndex((row) => row.includes("?"));
  const begin = asking >= 0 ? asking : near.lastIndexOf("") + 1;
  const agent = mark !== undefined && mark in AGENTS ? AGENTS[mark as keyof typeof AGENTS] : undefined;
  return { agent, kind: leave >= 0 ? "permission" : "question", question: questionAt(near.slice(begin)) };
}

/** The first row, and what it goes on with up to its question mark where there was no room for that. */
function questionAt([first = "", ...rest]: readonly string[]): string {
  const [asked] = /^[^?]*\?/.exec([first, ...rest.slice(0, 2)].join(" ")) ?? [];
  const question = asked ?? first;
  return question.length > LONGEST ? `${question.slice(0, LONGEST - 1)}…` : question;
}

/** For people: `Claude Code asks “Do you want to proceed?”`. */
export function dialogWords({ agent, question }: Dialog): string {
  return `${agent ?? "The program"} asks${question === "" ? "" : ` “${question}”`}`;
}
