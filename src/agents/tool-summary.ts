import { isAbsolute, relative } from "node:path";
import { asText, type JsonObject } from "./json.ts";

const MAX_LENGTH = 120;
const MAX_ERROR_LENGTH = 200;

const PATH_FIELDS = ["file_path", "notebook_path"];
const OTHER_FIELDS = ["pattern", "url", "query", "description", "path", "subject", "skill", "prompt"];

/** What a tool is about to do, in one line of at most 120 characters; empty when its input has no words for it. */
export function toolSummary(input: JsonObject, cwd: string): string {
  const command = asText(input.command);
  if (command !== undefined) return oneLine(firstLine(command), MAX_LENGTH);
  const path = firstText(input, PATH_FIELDS);
  if (path !== undefined) return oneLine(relativePath(path, cwd), MAX_LENGTH);
  return oneLine(firstText(input, [...OTHER_FIELDS, ...Object.keys(input)]) ?? "", MAX_LENGTH);
}

/** The first line of what a failed tool said. */
export function toolError(text: string): string {
  return oneLine(firstLine(text.replace(/<\/?tool_use_error>/g, "")), MAX_ERROR_LENGTH);
}

function firstText(input: JsonObject, fields: readonly string[]): string | undefined {
  return fields.map((field) => asText(input[field])).find((text) => text !== undefined && text.trim() !== "");
}

function relativePath(path: string, cwd: string): string {
  if (!isAbsolute(path)) return path;
  const inside = relative(cwd, path);
  return inside === "" || inside.startsWith("..") || isAbsolute(inside) ? path : inside;
}

/** The first line that is not empty, with a mark when others follow. */
function firstLine(text: string): string {
  const [first = "", ...others] = text.trim().split(/\r?\n/, 2);
  return others.length > 0 ? `${first} …` : first;
}

function oneLine(text: string, maxLength: number): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, " ").trim();
  if (line.length <= maxLength) return line;
  // A character outside the BMP takes two units: never keep its first half alone.
  return `${line.slice(0, maxLength - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}
