import { asList, asObject, asText, type JsonObject } from "../json.ts";

/** The changes of a `fileChange` item as one unified diff, in full. */
export function fileDiff(changes: unknown): string {
  return asList(changes)
    .map((change) => oneFile(asObject(change)))
    .join("\n");
}

/** Every file that the changes touch. */
export function changedPaths(changes: unknown): readonly string[] {
  return asList(changes)
    .flatMap((change) => [asObject(change).path, asObject(asObject(change).kind).move_path])
    .filter((path) => typeof path === "string");
}

/** A new or a deleted file comes as its content, a changed one as hunks. */
function oneFile(change: JsonObject): string {
  const path = asText(change.path) ?? "";
  const diff = asText(change.diff) ?? "";
  const kind = asObject(change.kind);
  if (kind.type === "add") return wholeFile("/dev/null", path, diff, "+");
  if (kind.type === "delete") return wholeFile(path, "/dev/null", diff, "-");
  const target = asText(kind.move_path);
  // For a moved file Codex writes the target below the hunks; here it stands in the header.
  const hunks = target === undefined ? diff : diff.replace(`\n\nMoved to: ${target}`, "");
  return `--- ${path}\n+++ ${target ?? path}\n${hunks.replace(/\n+$/, "")}`;
}

function wholeFile(before: string, after: string, content: string, sign: "+" | "-"): string {
  const lines = content === "" ? [] : content.replace(/\n$/, "").split("\n");
  const range = (isThere: boolean): string => (isThere && lines.length > 0 ? `1,${lines.length}` : "0,0");
  const hunk = `@@ -${range(sign === "-")} +${range(sign === "+")} @@`;
  return [`--- ${before}`, `+++ ${after}`, hunk, ...lines.map((line) => sign + line)].join("\n");
}
