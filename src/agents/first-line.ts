import { asObject } from "./json.ts";

/** A first line without an end that is longer is text. The one of Claude Code has some kilobytes. */
const LONGEST_FIRST_LINE = 1 << 20;

const TYPES: ReadonlySet<unknown> = new Set([
  "system",
  "assistant",
  "user",
  "result",
  "stream_event",
  "control_request",
  "control_response",
]);

/** What a program speaks, by the beginning of its output; undefined as long as that cannot be told. */
export function firstLineKind(output: Buffer): "text" | "stream-json" | undefined {
  const text = output.toString("utf8").trimStart();
  if (text === "") return undefined;
  if (!text.startsWith("{")) return "text";
  const end = text.indexOf("\n");
  if (end < 0) return output.length > LONGEST_FIRST_LINE ? "text" : undefined;
  try {
    return TYPES.has(asObject(JSON.parse(text.slice(0, end))).type) ? "stream-json" : "text";
  } catch {
    return "text";
  }
}
