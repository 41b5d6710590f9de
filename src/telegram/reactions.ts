import type { MessageRef, Reaction } from "../chat/messenger.ts";
import type { Log } from "../log.ts";
import type { BotClient } from "./client.ts";
import { ApiError, faultOf } from "./errors.ts";
import type { Attempt } from "./lane.ts";
import type { Lanes } from "./lanes.ts";

export interface ReactionsOptions {
  readonly client: BotClient;
  readonly lanes: Lanes;
  readonly log: Log;
}

/** A later answer is worth nothing. */
const REACTION_MS = 5_000;
/** Used when the server asks for a pause without saying how long. */
const PAUSE_S = 5;

/** What the bot puts on the messages of others. None is worth a second try, or a line in the log of its own. */
export class Reactions {
  readonly #options: ReactionsOptions;
  /** Chats that allow none, or not these. */
  readonly #refused = new Set<number>();

  constructor(options: ReactionsOptions) {
    this.#options = options;
  }

  /** Puts it on as soon as nothing else is to be said in that chat; a newer one replaces one that waits. */
  set({ chatId, messageId }: MessageRef, emoji: Reaction | undefined): void {
    if (this.#refused.has(chatId)) return;
    const { client, lanes } = this.#options;
    const reaction = emoji === undefined ? [] : [{ type: "emoji" as const, emoji }];
    const parameters = { chat_id: chatId, message_id: messageId, reaction };
    lanes.add(chatId, {
      kind: "reaction",
      key: `reaction ${messageId}`,
      wanted: () => !this.#refused.has(chatId),
      dropped() {},
      attempt: () =>
        client
          .call("setMessageReaction", parameters, { timeoutMs: REACTION_MS })
          .then((): Attempt => "settled")
          .catch((error: unknown) => this.#failed(error, chatId)),
    });
  }

  #failed(error: unknown, chatId: number): Attempt {
    this.#options.log.debug("no reaction", { chatId, error });
    if (!(error instanceof ApiError)) return "settled";
    if (faultOf(error) === "flood") return { pauseSeconds: error.retryAfter ?? PAUSE_S };
    // One message that is gone says nothing about the others.
    if (/REACTION|rights|forbidden/i.test(error.description)) this.#refused.add(chatId);
    return "settled";
  }
}
