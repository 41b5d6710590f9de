import type { CallbackQuery } from "../telegram/types.ts";
import type { Access } from "./access.ts";
import { nameOf, placeOf } from "./incoming.ts";
import type { PressOptions } from "./presses/press.ts";
import { handlePress } from "./presses.ts";
import type { QueueNotices } from "./queue-notices.ts";
import type { Refusals } from "./refusals.ts";

export interface CallbackQueryOptions extends PressOptions {
  readonly access: Access;
  /** Strangers who press buttons must not fill the log. */
  readonly refusals: Refusals;
  readonly notices: QueueNotices;
}

/** Lets in who may press, and tells whoever pressed what came of it. */
export async function answerCallbackQuery(
  query: CallbackQuery,
  options: CallbackQueryOptions,
): Promise<void> {
  const { access, refusals, messenger, log } = options;
  const { message, from, data } = query;
  const role = message && access.roleOf(from, message.chat);
  if (!role || data === undefined) {
    if (refusals.due(from.id)) log.info("press refused", { user: from.id });
    return messenger.acknowledge(query.id, "You may not use this bot.");
  }
  const place = placeOf(message);
  const person = { id: from.id, name: nameOf(from), role };
  const isFile = message.photo !== undefined || message.document !== undefined;
  const button = {
    chatId: place.chatId,
    messageId: message.message_id,
    ...(isFile ? { isFile: true as const } : {}),
  };
  options.notices.pressed(data, button);
  const notice = await handlePress({ data, person, message: button, place }, options);
  messenger.acknowledge(query.id, notice);
}
