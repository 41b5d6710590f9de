import { displayWidth } from "../width.ts";
import type { Align } from "./block.ts";
import { inlineText } from "./inline.ts";

/**
 * Lays a table out for a font of fixed width, one text line a row, with a line below the head.
 * Columns are as wide as their widest cell, measured in display columns, but a cell of more than 40 columns does
 * not widen the others: on a phone they would be lost, and a hostile table could take any amount of memory.
 */
export function layTable(rows: readonly (readonly string[])[], align: readonly Align[]): string {
  const table = rows.map((row) => row.map(cell));
  const widths: number[] = [];
  for (const row of table) {
    for (const [column, { width }] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, Math.min(width, WIDEST));
    }
  }
  const lines = table.map((row) => layRow(row, widths, align));
  const head = table[0]?.length ?? 0;
  lines.splice(
    1,
    0,
    widths
      .slice(0, head)
      .map((width) => "─".repeat(width))
      .join("─┼─"),
  );
  return lines.join("\n");
}

interface Cell {
  readonly text: string;
  readonly width: number;
}

const WIDEST = 40;

function cell(source: string): Cell {
  const text = inlineText(source).replaceAll("\n", " ").trim();
  return { text, width: displayWidth(text) };
}

function layRow(row: readonly Cell[], widths: readonly number[], align: readonly Align[]): string {
  return row
    .map((cell, column) => pad(cell, widths[column] ?? 0, align[column] ?? "left"))
    .join(" │ ")
    .trimEnd();
}

function pad({ text, width }: Cell, wanted: number, align: Align): string {
  const space = Math.max(wanted - width, 0);
  const before = align === "right" ? space : align === "center" ? Math.floor(space / 2) : 0;
  return " ".repeat(before) + text + " ".repeat(space - before);
}
