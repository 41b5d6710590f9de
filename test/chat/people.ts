import { type Incoming, readIncoming } from "../../src/chat/incoming.ts";
import type { Message, User } from "../../src/telegram/types.ts";

export const BOT = { id: 99, username: "NanoBot" };
export const ADA: User = { id: 7, is_bot: false, first_name: "Ada" };
export const BOB: User = { id: 8, is_bot: false, first_name: "Bob" };

let count = 0;

/** A message as Telegram sends it, in a private chat unless told. */
export function message(text: string, more: Partial<Message> = {}): Message {
  count += 1;
  const from = more.from ?? ADA;
  return { message_id: count, from, chat: { id: from.id, type: "private" }, date: 0, text, ...more };
}

/** The same, as the chat side sees it. */
export function incoming(text: string, more: Partial<Message> = {}): Incoming {
  const sent = message(text, more);
  return readIncoming(1_000 + sent.message_id, sent, sent.from ?? ADA, BOT);
}
