import { execFileSync } from "node:child_process";
import type { TestContext } from "node:test";
import type { SeenMessage } from "../fakes/bot-api/view.ts";
import type { ChatRef } from "../fakes/bot-api.ts";
import { untilSaid } from "./chats.ts";
import { OWNER, type ProjectOptions, project, SCRIPTED } from "./project.ts";

export const GUEST = 8;
export const HAS_TMUX = (() => {
  try {
    execFileSync("tmux", ["-V"]);
    return true;
  } catch {
    return false;
  }
})();
/** A shell that says the same on every machine. */
export const SHELL = "PS1='$ ' exec bash --norc --noprofile";

/** A project whose owner opens terminals: without tmux unless it is told, and with a guest. */
export async function terminals(
  t: TestContext,
  settings: Readonly<Record<string, string>> = {},
  api: ProjectOptions["api"] = {},
) {
  const home = await project(t, {
    env: {
      TELEGRAM_ALLOWED_USER_IDS: `${OWNER},${GUEST}`,
      NANOGENT_OWNER_IDS: String(OWNER),
      NANOGENT_PERSIST: "off",
      // What the chat says of the page has tests of its own.
      NANOGENT_WEB: "off",
      ...SCRIPTED,
      ...settings,
    },
    api,
  });
  const { api: bot } = home;
  const ada = bot.privateChat(OWNER, { firstName: "Ada" });
  const bob = bot.privateChat(GUEST, { firstName: "Bob" });
  const until = (what: RegExp, chat: ChatRef = ada): Promise<SeenMessage> => untilSaid(bot, chat, what);
  const replyTo = (message: SeenMessage, text: string): void =>
    void bot.say(ada, text, { replyTo: message.messageId });
  const close = async ({ messageId, chatId }: SeenMessage): Promise<void> => {
    await bot.press({ messageId, chatId }, "✖ Close");
    const asks = (): boolean =>
      bot.messages(ada).some((each) => each.messageId === messageId && /Close it\?/.test(each.text));
    await bot.waitFor(asks, { what: "the question" });
    await bot.press({ messageId, chatId }, "✖ Close it");
  };
  return { ...home, ada, bob, until, replyTo, close };
}
