import { clean } from "../text/clean.ts";
import { displayWidth } from "../text/width.ts";

/** Rows of words below each other, two spaces apart. What stands in them must not act on the terminal. */
export function table(rows: readonly (readonly string[])[]): string {
  const shown = rows.map((row) => row.map((word) => clean(word).replace(/\s+/g, " ").trim()));
  const widths = (shown[0] ?? []).map((_, column) =>
    Math.max(...shown.map((row) => displayWidth(row[column] ?? ""))),
  );
  return shown
    .map((row) =>
      row.map((word, column) => word + " ".repeat((widths[column] ?? 0) - displayWidth(word))).join("  "),
    )
    .map((line) => `${line.trimEnd()}\n`)
    .join("");
}
