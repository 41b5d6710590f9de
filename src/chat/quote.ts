import type { Message } from "../telegram/types.ts";
import { cut } from "../text/cut.ts";

const LONGEST = 500;
/** The bot's own answer is in the agent's session: the beginning of it tells which one is meant. */
const LONGEST_OWN = 200;

/**
 * What a message replies to, as it is shown to the agent; undefined when that is nothing to be read.
 * @param author what the writer of that is called, on one line; undefined for the bot itself.
 */
export function quoteOf(
  { reply_to_message: original, quote }: Message,
  author: string | undefined,
): string | undefined {
  // What was marked in it is what is meant.
  const text = (quote?.text ?? original?.text ?? original?.caption ?? "").trim();
  if (!original || text === "") return undefined;
  const shown = shorten(text, author === undefined ? LONGEST_OWN : LONGEST);
  const lines = shown.split("\n").map((line) => `> ${line}`.trimEnd());
  return [`> ${author ?? "You"} wrote:`, ...lines].join("\n");
}

function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${cut(text, length).trimEnd()} …`;
}
