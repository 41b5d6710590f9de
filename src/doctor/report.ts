import { clean } from "../text/clean.ts";
import { displayWidth } from "../text/width.ts";
import type { Finding, State } from "./examination.ts";

/** How a state looks, everywhere. */
export const MARKS: Readonly<Record<State, string>> = { pass: "✔", warning: "!", fail: "✖", skipped: "–" };

const COLUMNS = 80;
const NAME_COLUMNS = 9;
const INDENT = " ".repeat(NAME_COLUMNS + 2);

/** The findings for a terminal of 80 columns, with what to do below each, and how it stands in all. */
export function reportLines(findings: readonly Finding[]): string[] {
  return [
    ...findings.flatMap(({ name, state, words, fix }) => [
      ...wrapped(`${MARKS[state]} ${name.padEnd(NAME_COLUMNS)}`, words),
      ...(fix ? wrapped(`${INDENT}→ `, fix) : []),
    ]),
    "",
    summaryOf(findings),
  ];
}

/** How it stands in all, in a sentence. */
export function summaryOf(findings: readonly Finding[]): string {
  const count = (state: State): number => findings.filter((each) => each.state === state).length;
  const pieces = [
    ...(count("fail") > 0 ? [`${count("fail")} failed`] : []),
    ...(count("warning") > 0 ? [`${count("warning")} to look at`] : []),
  ];
  return pieces.length === 0 ? "Nothing is wrong." : `${pieces.join(", ")}.`;
}

/** Breaks between words; the rows after the first start below the text. */
function wrapped(lead: string, text: string): string[] {
  const rows: string[] = [];
  let row = lead;
  let empty = true;
  // What comes from programs and servers must not act on the terminal.
  for (const word of clean(text).split(/\s+/)) {
    if (!empty && displayWidth(row) + 1 + displayWidth(word) > COLUMNS) {
      rows.push(row);
      row = " ".repeat(displayWidth(lead));
      empty = true;
    }
    row += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...rows, row];
}
