import { type FileHandle, open } from "node:fs/promises";
import { asList, asObject, asText, type JsonObject } from "../json.ts";
import { splitLines } from "../lines.ts";
import { shortenStrings } from "../shorten-json.ts";
import { MAX_LINE_BYTES } from "./protocol.ts";

/** As much as is read to find the first prompt. Pictures that came with it stand before its text. */
const BEGINNING_BYTES = 16 << 20;
/** As much as is read to count a session's turns: what a disk gives in a moment. */
const COUNTED_BYTES = 16 << 20;
/** Claude Code writes a session's name again so often that it can be found there. */
const TAIL_BYTES = 64 << 10;
const CHUNK_BYTES = 256 << 10;
/** A line whose strings are cut before it is parsed: of most of them only the first words are shown. */
const LONG_LINE_BYTES = 16 << 10;
const STRING_BYTES = 1_024;

// JSON's own quotes: within a text they would be escaped.
const USER = Buffer.from('"type":"user"');
const TOOL_RESULT = Buffer.from('"type":"tool_result"');
const TITLE = Buffer.from('"type":"custom-title"');

/** What the beginning of a session's file tells. */
export interface SessionBeginning {
  /** The folder that it was begun in. */
  readonly cwd: string;
  readonly firstWords: string;
}

/**
 * Reads one of Claude Code's session files up to the first prompt: a JSON object a line, written by another program, so
 * anything may stand in it. Undefined when there is no prompt. @throws the file system's error.
 */
export async function readBeginning(path: string): Promise<SessionBeginning | undefined> {
  let beginning: SessionBeginning | undefined;
  await eachLine(path, { mostBytes: BEGINNING_BYTES }, (line) => {
    const prompt = promptIn(line);
    if (prompt) beginning = { cwd: prompt.cwd, firstWords: prompt.text.replace(/\s+/g, " ").trim() };
    return beginning !== undefined;
  });
  return beginning;
}

/** Counts the prompts of a session, and finds out its name. @throws the file system's error. */
export async function countTurns(
  path: string,
): Promise<{ turns: { count: number; atLeast: boolean }; name: string | undefined }> {
  let count = 0;
  let name: string | undefined;
  const size = await eachLine(path, { mostBytes: COUNTED_BYTES }, (line) => {
    if (promptIn(line)) count += 1;
    name = titleIn(line) ?? name;
  });
  const atLeast = size > COUNTED_BYTES;
  if (atLeast) {
    await eachLine(path, { from: size - TAIL_BYTES, mostBytes: TAIL_BYTES }, (line) => {
      name = titleIn(line) ?? name;
    });
  }
  return { turns: { count, atLeast }, name };
}

/**
 * Hands over a file's lines until one is answered with true, or so many bytes are read.
 * @returns the file's size. @throws the file system's error.
 */
export async function eachLine(
  path: string,
  { from = 0, mostBytes }: { readonly from?: number; readonly mostBytes: number },
  onLine: (line: Buffer) => unknown,
): Promise<number> {
  const file = await open(path);
  try {
    let isDone = false;
    const take = (line: Buffer): void => {
      isDone ||= onLine(line) === true;
    };
    const lines = splitLines(take, { maxBytes: MAX_LINE_BYTES, onDropped: () => {} });
    for (let at = from; !isDone && at < from + mostBytes; ) {
      const chunk = await readChunk(file, at, Math.min(CHUNK_BYTES, from + mostBytes - at));
      if (chunk.length === 0) break;
      lines.push(chunk);
      at += chunk.length;
    }
    if (!isDone) lines.end();
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

async function readChunk(file: FileHandle, position: number, bytes: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, position);
  return buffer.subarray(0, bytesRead);
}

/** The prompt that a line holds, with its beginning at least; undefined for every other line. */
function promptIn(line: Buffer): { text: string; cwd: string } | undefined {
  if (!line.includes(USER) || line.includes(TOOL_RESULT)) return undefined;
  const message = parsed(line.length > LONG_LINE_BYTES ? shortenStrings(line, STRING_BYTES) : line);
  const text = promptText(message);
  return text === undefined ? undefined : { text, cwd: asText(message.cwd) ?? "" };
}

function titleIn(line: Buffer): string | undefined {
  if (!line.includes(TITLE)) return undefined;
  const { type, customTitle } = parsed(line);
  return type === "custom-title" ? asText(customTitle)?.trim() || undefined : undefined;
}

/** A line as an object; an empty one when it is none. */
export function parsed(line: Buffer): JsonObject {
  try {
    return asObject(JSON.parse(line.toString("utf8")));
  } catch {
    return {};
  }
}

/** What only Claude Code itself heeds: no prompt was given with it. */
const OWN_COMMANDS = new Set(["/clear", "/exit", "/quit"]);
/** What Claude Code writes down in the person's name: outputs of its own commands, reminders, marks. */
const NOT_SAID =
  /^(?:<(?:local-command-[a-z]+|bash-std(?:out|err)|system-reminder|task-notification)>|\[Request interrupted by user)/;

/** What a person has said with this message of a session; undefined when it is none of a person. */
export function promptText(message: JsonObject): string | undefined {
  const { type, isSidechain, isMeta, isCompactSummary } = message;
  if (type !== "user" || isSidechain === true || isMeta === true || isCompactSummary === true)
    return undefined;
  const { content } = asObject(message.message);
  const blocks =
    typeof content === "string" ? [{ type: "text", text: content }] : asList(content).map(asObject);
  const texts = blocks.flatMap((block) => (block.type === "text" ? (asText(block.text) ?? []) : []));
  const said = texts
    .filter((text) => !NOT_SAID.test(text))
    .join("\n")
    .trim();
  if (said === "") return blocks.some((block) => block.type === "image") ? "(a picture)" : undefined;
  const command = slashCommand(said);
  return command !== undefined && OWN_COMMANDS.has(command) ? undefined : (command ?? said);
}

/** A command as it was typed, for the form in which it is written down. */
function slashCommand(said: string): string | undefined {
  const typed = /^<bash-input>([\s\S]*?)<\/bash-input>/.exec(said)?.[1];
  if (typed !== undefined) return `!${typed}`;
  if (!/^<command-(?:name|message)>/.test(said)) return undefined;
  const name = /<command-name>([^<]*)<\/command-name>/.exec(said)?.[1]?.trim();
  const args = /<command-args>([\s\S]*?)<\/command-args>/.exec(said)?.[1]?.trim();
  return name ? `${name} ${args ?? ""}`.trim() : undefined;
}
