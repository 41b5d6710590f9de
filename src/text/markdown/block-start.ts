import type { Align } from "./block.ts";

/*
 * What a line starts, after its container's markers have been taken off. Each takes time linear in the line.
 * https://spec.commonmark.org/0.31.2/#leaf-blocks and https://github.github.com/gfm/#tables-extension-
 */

export interface Fence {
  readonly character: string;
  readonly length: number;
  readonly language: string | undefined;
}

export function fenceStart(text: string): Fence | undefined {
  const [, marks, info = ""] = /^(`{3,}|~{3,})(.*)$/s.exec(text) ?? [];
  if (marks === undefined || (marks.startsWith("`") && info.includes("`"))) return undefined;
  const language = /^ *([\w+#.-]{1,32})/.exec(info)?.[1];
  return { character: marks.charAt(0), length: marks.length, language };
}

export function fenceEnd(text: string, fence: Fence): boolean {
  const marks = text.trim();
  return marks.length >= fence.length && isOnly(marks, fence.character);
}

/** The beginning of the closing fence, as the last line of a text that is still being written. */
export function fenceEndBegun(text: string, fence: Fence): boolean {
  const marks = text.trim();
  return marks !== "" && marks.length < fence.length && isOnly(marks, fence.character);
}

export function headingStart(text: string): { level: number; source: string } | undefined {
  const marks = /^#{1,6}(?= |$)/.exec(text)?.[0];
  if (marks === undefined) return undefined;
  const source = text.slice(marks.length).trim();
  let end = source.length;
  while (source[end - 1] === "#") end--;
  const closed = end === 0 || source[end - 1] === " ";
  return { level: marks.length, source: closed ? source.slice(0, end).trim() : source };
}

export function isRule(text: string): boolean {
  const marks = text.replaceAll(" ", "");
  return marks.length >= 3 && "-*_".includes(marks.charAt(0)) && isOnly(marks, marks.charAt(0));
}

/** The level of a heading whose text is the line above. One or two dashes are no underline but a list begun. */
export function underlineLevel(text: string): 1 | 2 | undefined {
  const marks = text.trimEnd();
  if (marks.length < 3) return undefined;
  return isOnly(marks, "=") ? 1 : isOnly(marks, "-") ? 2 : undefined;
}

export interface Marker {
  readonly marker: string;
  /** Undefined for bullets. */
  readonly number: number | undefined;
  /** Columns up to the text of the item. */
  readonly width: number;
  readonly empty: boolean;
}

export function markerStart(text: string): Marker | undefined {
  const marker = /^(?:[-*+]|\d{1,9}[.)])(?= |$)/.exec(text)?.[0];
  if (marker === undefined) return undefined;
  const spaces = countSpaces(text, marker.length);
  const empty = marker.length + spaces === text.length;
  const width = marker.length + (empty || spaces > 4 ? 1 : spaces);
  const number = marker.length > 1 ? Number.parseInt(marker, 10) : undefined;
  return { marker, number, width, empty };
}

/** `undefined` when the line is not the `|---|:-:|` below the head of a table. */
export function tableAlign(text: string): Align[] | undefined {
  if (!text.includes("|") || !text.includes("-")) return undefined;
  const cells = tableCells(text);
  if (!cells.every((cell) => /^:?-+:?$/.test(cell))) return undefined;
  return cells.map((cell) => (cell.endsWith(":") ? (cell.startsWith(":") ? "center" : "right") : "left"));
}

/** The cells of one row, trimmed; `\|` is a bar within a cell. */
export function tableCells(text: string): string[] {
  const row = text.trim();
  const cells: string[] = [];
  let start = row.startsWith("|") ? 1 : 0;
  for (let at = start; at <= row.length; at++) {
    if (row[at] === "\\") at++;
    else if (row[at] === "|" || (at === row.length && at > start)) {
      cells.push(row.slice(start, at));
      start = at + 1;
    }
  }
  if (start < row.length) cells.push(row.slice(start));
  return cells.map((cell) => cell.trim().replaceAll("\\|", "|"));
}

/** @returns the position after the `>` and one space */
export function quoteStart(line: string, at: number): number | undefined {
  const spaces = countSpaces(line, at);
  if (spaces > 3 || line[at + spaces] !== ">") return undefined;
  const next = at + spaces + 1;
  return line[next] === " " ? next + 1 : next;
}

export function isBlank(line: string, from = 0): boolean {
  return from + countSpaces(line, from) >= line.length;
}

export function countSpaces(text: string, from = 0): number {
  let at = from;
  while (text[at] === " ") at++;
  return at - from;
}

function isOnly(text: string, character: string): boolean {
  for (let at = 0; at < text.length; at++) if (text[at] !== character) return false;
  return true;
}
