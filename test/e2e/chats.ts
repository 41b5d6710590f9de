import type { SeenMessage } from "../fakes/bot-api/view.ts";
import type { BotApi, ChatRef } from "../fakes/bot-api.ts";

/** The first message of the bot in the chat that can be seen and says this, as soon as there is one. */
export function untilSaid(
  api: BotApi,
  chat: ChatRef,
  what: RegExp,
  timeoutMs = 15_000,
): Promise<SeenMessage> {
  return api.waitFor(() => fromBot(api, chat).find(({ deleted, text }) => !deleted && what.test(text)), {
    what: `${what}`,
    timeoutMs,
  });
}

/** Every message of the bot in the chat, deleted ones too. */
export function fromBot(api: BotApi, chat: ChatRef): SeenMessage[] {
  return api.messages(chat).filter(({ from }) => from === "bot");
}
