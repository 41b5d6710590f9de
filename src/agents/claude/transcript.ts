import { asList, asObject, asText, type JsonObject } from "../json.ts";
import type { TranscriptEntry } from "../sessions.ts";
import { toolSummary } from "../tool-summary.ts";
import { eachLine, parsed, promptText } from "./session-file.ts";

const ASSISTANT = Buffer.from('"type":"assistant"');
const USER = Buffer.from('"type":"user"');
const TOOL_RESULT = Buffer.from('"type":"tool_result"');

/** Tells what was said and done in the session of this file, in order. @throws the file system's error. */
export async function readTranscript(
  path: string,
  cwd: string,
  onEntry: (entry: TranscriptEntry) => void,
): Promise<void> {
  await eachLine(path, { mostBytes: Number.POSITIVE_INFINITY }, (line) => {
    // What tools gave back is most of a session, and not told.
    const isTold = line.includes(ASSISTANT) || (line.includes(USER) && !line.includes(TOOL_RESULT));
    if (isTold) for (const entry of entriesOf(parsed(line), cwd)) onEntry(entry);
  });
}

function entriesOf(message: JsonObject, cwd: string): readonly TranscriptEntry[] {
  const prompt = promptText(message);
  if (prompt !== undefined) return [{ kind: "prompt", text: prompt }];
  if (message.type !== "assistant" || message.isSidechain === true) return [];
  return asList(asObject(message.message).content).flatMap((each): TranscriptEntry[] => {
    const { type, text, name, input } = asObject(each);
    if (type === "text" && typeof text === "string") return [{ kind: "answer", text }];
    if (type !== "tool_use") return [];
    return [{ kind: "tool", name: asText(name) ?? "tool", summary: toolSummary(asObject(input), cwd) }];
  });
}
