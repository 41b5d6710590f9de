import type { BotApi } from "../../fakes/bot-api.ts";
import { fromBot } from "../chats.ts";
import type { Prompt } from "./prompts.ts";

/** The numbers of the prompts whose answer stands in the chat that asked: whole, and with its end. */
export function answered(api: BotApi, prompts: readonly Prompt[]): Set<number> {
  const found = new Set<number>();
  for (const chatId of new Set(prompts.map((prompt) => prompt.chatId))) {
    const texts = fromBot(api, chatId).filter(({ deleted }) => !deleted);
    const lines = new Map<number, Set<number>>();
    const ended = new Set<number>();
    for (const { text, document } of texts) {
      const whole = document ? `${text}\n${document.bytes.toString("utf8")}` : text;
      for (const [, number, line] of whole.matchAll(/answer-(\d+);(\d+)\./g)) {
        const seen = lines.get(Number(number)) ?? new Set();
        lines.set(Number(number), seen.add(Number(line)));
        if (/^[✅❌] exit \d/mu.test(text)) ended.add(Number(number));
      }
    }
    for (const prompt of prompts) {
      const { number } = prompt;
      if (prompt.chatId === chatId && ended.has(number) && lines.get(number)?.size === prompt.lines) {
        found.add(number);
      }
    }
  }
  return found;
}
