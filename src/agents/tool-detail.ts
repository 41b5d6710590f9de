import { asList, asObject, asText, type JsonObject } from "./json.ts";

interface Detail {
  readonly detail: string;
  readonly language?: "bash" | "diff" | "json";
}

/** What a tool would do, in full, for a person to decide on: the command, the diff, the file, the address. */
export function toolDetail(tool: string, input: JsonObject): Detail {
  const path = asText(input.file_path) ?? asText(input.notebook_path) ?? "";
  switch (tool) {
    case "Bash":
      return typeof input.command === "string" ? { detail: input.command, language: "bash" } : pretty(input);
    case "Edit":
      return diff([header(path), editDiff(input)]);
    case "MultiEdit":
      return diff([header(path), ...asList(input.edits).map((edit) => editDiff(asObject(edit)))]);
    case "Write":
      return { detail: `${path}\n\n${asText(input.content) ?? ""}` };
    case "WebFetch":
      return typeof input.url === "string" ? { detail: input.url } : pretty(input);
    default:
      return pretty(input);
  }
}

function pretty(input: JsonObject): Detail {
  return { detail: JSON.stringify(input, null, 2), language: "json" };
}

function diff(pieces: readonly string[]): Detail {
  return { detail: pieces.join("\n"), language: "diff" };
}

function header(path: string): string {
  return `--- ${path}\n+++ ${path}`;
}

/** Looks like a unified diff, without line numbers: the agent gives the texts, not where they stand. */
function editDiff(edit: JsonObject): string {
  const texts = [asText(edit.old_string) ?? "", asText(edit.new_string) ?? ""];
  const bothEndLines = texts.every((text) => text === "" || text.endsWith("\n"));
  const [before = [], after = []] = texts.map((text) => lines(bothEndLines ? text.slice(0, -1) : text));
  const head = commonHead(before, after);
  const tail = commonHead(before.slice(head).reverse(), after.slice(head).reverse());
  return [
    edit.replace_all === true ? "@@ every occurrence @@" : "@@ @@",
    ...before.slice(0, head).map((line) => ` ${line}`),
    ...before.slice(head, before.length - tail).map((line) => `-${line}`),
    ...after.slice(head, after.length - tail).map((line) => `+${line}`),
    ...before.slice(before.length - tail).map((line) => ` ${line}`),
  ].join("\n");
}

function lines(text: string): readonly string[] {
  return text === "" ? [] : text.split("\n");
}

function commonHead(one: readonly string[], other: readonly string[]): number {
  const differs = one.findIndex((line, index) => line !== other[index]);
  return differs < 0 ? Math.min(one.length, other.length) : differs;
}
