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
const CHOSEN = /^[\s│]*([❯›●>])\s*\d+[.)]\s/;
const CHOICE = /^[\s│]*(?:[❯›●>]\s*)?\d+[.)]\s/;
/** All but Gemini's stand alone in front of a line to type into. */
const MARKED = /^[\s│]*(?:[❯›>](?:\s|$)|●\s*\d+[.)])/;
/** The last row of a dialog without numbers. */
const HINT =
  /^[\s│]*(?:(?:press )?enter(?:\/esc)? (?:to )?(?:confirm|select|continue|set)|esc to cancel\b|enter select\b)/i;
const AGENTS = { "❯": "Claude Code", "›": "Codex", "●": "Gemini" } as const;
const PERMISSION = /\b(?:do you want to|would you like to|allow\b.*\?|apply this change)/i;
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
  const last = look.rows.findLastIndex((row) => row.trim() !== "");
  if (look.cursor.isHidden && last > chosen && HINT.test(look.rows[last] ?? ""))
    return about(look.rows.slice(0, last), undefined);
  return undefined;
}

/** A list to choose from, rather than a numbered list that somebody types or that was printed a while ago. */
function isList({ rows, cursor }: Look, chosen: number): boolean {
  const neighbours = [...rows.slice(Math.max(0, chosen - 3), chosen), ...rows.slice(chosen + 1, chosen + 4)];
  if (!neighbours.some((row) => CHOICE.test(row))) return false;
  const mark = (rows[chosen] ?? "").search(/[❯›●>]/);
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
  const leave = near.findLast((row) => PERMISSION.test(row) && !TRUST.test(row));
  const [begin = ""] = near.slice(near.lastIndexOf("") + 1);
  const question = leave ?? near.findLast((row) => row.includes("?")) ?? begin;
  const kind = leave === undefined ? "question" : "permission";
  const agent = mark !== undefined && mark in AGENTS ? AGENTS[mark as keyof typeof AGENTS] : undefined;
  return {
    agent,
    kind,
    question: question.length > LONGEST ? `${question.slice(0, LONGEST - 1)}…` : question,
  };
}

/** For people: `Claude Code asks “Do you want to proceed?”`. */
export function dialogWords({ agent, question }: Dialog): string {
  return `${agent ?? "The program"} asks${question === "" ? "" : ` “${question}”`}`;
}
