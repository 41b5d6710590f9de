import type { BotIdentity } from "../incoming.ts";
import type { Button } from "../messenger.ts";

/** Where a session opens on the page, for whoever is in one chat. */
export type OpenTarget = { readonly app: string } | { readonly url: string };

export interface OpenTargetOptions {
  readonly id: string;
  readonly chatId: number;
  /** Of that session on the page; undefined as long as phones cannot reach it. */
  readonly address: string | undefined;
  /** It is one that is set, and stays. */
  readonly isFixed: boolean;
  readonly bot: BotIdentity;
}

/**
 * Telegram takes a page in private chats only (elsewhere `BUTTON_TYPE_INVALID`). A group gets a link instead: to the
 * bot's main Mini App (https://core.telegram.org/bots/webapps#direct-link-mini-apps), whose address in @BotFather does
 * not follow one of a tunnel, or to the private chat with the bot, whose `/start` then shows the session with a button
 * of the first kind.
 */
export function openTarget({ id, chatId, address, isFixed, bot }: OpenTargetOptions): OpenTarget | undefined {
  if (address === undefined) return undefined;
  if (chatId > 0) return { app: address };
  if (bot.username === "") return undefined;
  const start = bot.hasMainApp && isFixed ? "startapp" : "start";
  return { url: `https://t.me/${bot.username}?${start}=${id}` };
}

export function openButton(target: OpenTarget): Button {
  return { text: "↗ Open", ...target };
}

/** The address that a button carries, to tell whether it has changed. */
export function linkOf(target: OpenTarget | undefined): string | undefined {
  return target && ("app" in target ? target.app : target.url);
}
