import type { Row, Target } from "./measure.ts";

const HEAD = ["", "median", "p99", "baseline", "", "p99", "ratio", "difference", "target", "runs"];

/** The rows as a table for a terminal, as wide as its longest cells. */
export function table(rows: readonly Row[]): string {
  const cells = [HEAD, ...rows.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells
    .map((row) =>
      row
        .map((cell, column) => pad(cell, widths[column] ?? 0, isText(column)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function cellsOf({
  bench,
  what,
  unit,
  value,
  p99,
  baseline,
  ratio,
  difference,
  target,
  met,
  runs,
}: Row): string[] {
  return [
    `${bench}: ${what}`,
    `${figure(value)} ${unit}`,
    p99 === undefined ? "" : figure(p99),
    baseline?.what ?? "",
    baseline ? `${figure(baseline.value)} ${unit}` : "",
    baseline?.p99 === undefined ? "" : figure(baseline.p99),
    ratio === undefined ? "" : `${figure(ratio)}x`,
    difference === undefined ? "" : `${difference < 0 ? "" : "+"}${figure(difference)} ${unit}`,
    target ? `${met ? "ok" : "MISSED"}: ${describe(target, unit)}` : "",
    String(runs),
  ];
}

function describe({ of, atMost, atLeast }: Target, unit: string): string {
  const limit = atMost === undefined ? `>= ${atLeast}` : `<= ${atMost}`;
  return of === "ratio" ? `${limit}x` : `${of === "difference" ? "difference " : ""}${limit} ${unit}`;
}

/** Three digits that say something. */
function figure(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(digits);
}

function isText(column: number): boolean {
  return column === 0 || HEAD[column] === "baseline" || HEAD[column] === "target";
}

function pad(cell: string, width: number, isLeft: boolean): string {
  return isLeft ? cell.padEnd(width) : cell.padStart(width);
}
