import type { Look } from "./look.ts";

/** What agents show in place of a long paste. */
const PLACEHOLDER =
  /\[(?:Pasted text #\d+(?: \+\d+ lines)?|Pasted Content \d+ chars|Pasted Text: \d+ (?:lines|chars)[^\]]*)\](?: #\d+)?\s*$/;
/** The frames of boxes to type into, and what terminals and programs count differently or leave out. */
const UNSTEADY = /[\s\u2500-\u257f\ufffd\p{Cf}\p{M}\p{Extended_Pictographic}]/gu;
const BLANK = /[\s\p{Cf}\p{M}\u2500-\u257f]/gu;
/** Programs show some of these by their numbers. */
const ODD = /[\p{Cf}\p{M}\p{Extended_Pictographic}]/u;
/** So much of its end tells a text from others, and so little has to when the rest may look different. */
const TOLD_BY = 32;
const TOLD_AT_LEAST = 3;
const MARKS = /^[\s│]*[❯›>]\s?/;
/** An editor may show any line with one of the others in front. */
const AGENT_MARKS = /^[❯›]\s/;

/** A text that is being typed, and where it is to be seen. */
export class TypedText {
  readonly isBlank: boolean;
  readonly #solid: (text: string) => string;
  readonly #line: string;
  readonly #end: string;
  readonly #head: string;

  /** @param text As it is typed: its lines end with `\n`. */
  constructor(text: string) {
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    const steady = (line: string): string => line.normalize().replace(UNSTEADY, "");
    const [first = ""] = lines;
    const last = lines.at(-1) ?? "";
    this.#solid = steady(last) === "" ? (line) => line.normalize().replace(BLANK, "") : steady;
    this.#line = this.#solid(last);
    const plain = steady(last.normalize().split(ODD).at(-1) ?? "");
    this.#end = plain.length < TOLD_AT_LEAST ? this.#line.slice(-TOLD_BY) : plain.slice(-TOLD_BY);
    this.#head = this.#solid(first).slice(0, TOLD_BY);
    this.isBlank = this.#line === "";
  }

  /** It stands in front of the cursor: its end, or what an agent shows instead of it. */
  isAt({ line, rows, cursor }: Look): boolean {
    if (PLACEHOLDER.test(line)) return true;
    const own = this.#solid(line);
    if (own.endsWith(this.#end)) return true;
    // A program that wraps its lines itself has the rest of it on the rows above.
    if (own === "" || !this.#line.endsWith(own)) return false;
    return this.#solid(
      [...rows.slice(Math.max(0, cursor.row - TOLD_BY), cursor.row), line].join(""),
    ).endsWith(this.#end);
  }

  /**
   * What stands in the input of an agent, from the mark in front of it to the cursor. Empty for other programs, and those
   * that show a cursor of their own beside their text.
   */
  composed({ rows, cursor, isAlternate }: Look): string {
    const marks = cursor.isHidden ? MARKS : isAlternate ? AGENT_MARKS : undefined;
    if (!marks) return "";
    const above = rows.slice(0, cursor.row + 1);
    const top = above.findLastIndex((row) => marks.test(row));
    return top < 0 ? "" : this.#solid(above.slice(top).join("").replace(marks, ""));
  }

  /** On how many rows it begins behind the mark that agents put in front of what they were told. */
  timesTold({ rows }: Look): number {
    if (this.#head === "") return 0;
    return rows.filter((row) => MARKS.test(row) && this.#solid(row.replace(MARKS, "")).startsWith(this.#head))
      .length;
  }
}
