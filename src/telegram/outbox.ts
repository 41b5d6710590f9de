import type {
  Content,
  EditResult,
  MessageRef,
  Messenger,
  OutgoingFile,
  Place,
  SendOptions,
} from "../chat/messenger.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { Secrets } from "../secrets.ts";
import { concat, plain, type RichText, styled } from "../text/entities.ts";
import type { BotClient } from "./client.ts";
import { ApiError, faultOf, NetworkError } from "./errors.ts";
import { type Attempt, Lane, type OperationKind } from "./lane.ts";
import type { InlineKeyboardMarkup, Method, Methods } from "./types.ts";

export interface OutboxOptions {
  readonly client: BotClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly secrets: Secrets;
}

/** Telegram's limits, with room below the 100 entities above which the server drops the rest without a word. */
const LIMITS = { length: 4096, entities: 90 };
/** Lanes of chats that nobody uses are forgotten beyond this many: strangers must not grow the memory. */
const MOST_LANES = 200;

/** The one place through which every call for a chat leaves: ordered, paced, repeated where that is safe. */
export class Outbox implements Messenger {
  readonly limits = LIMITS;
  readonly #options: OutboxOptions;
  readonly #lanes = new Map<number, Lane>();
  /** Groups that became supergroups: old id -> new id. */
  readonly #moved = new Map<number, number>();
  readonly #flushed = new Set<() => void>();

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  send(to: Place, content: Content, options: SendOptions = {}): Promise<MessageRef | undefined> {
    let { text } = content;
    let place = to;
    let repeated = false;
    return this.#enqueue(
      to.chatId,
      "send",
      undefined,
      async (chatId) => {
        const message = await this.#options.client.call("sendMessage", {
          chat_id: chatId,
          ...this.#text(text),
          ...keyboard(content),
          ...placing(place, options),
        });
        return { chatId, messageId: message.message_id };
      },
      (error) => {
        if (error instanceof NetworkError) {
          if (!error.mayHaveArrived) return "again";
          if (!options.important) return "give-up";
          if (!repeated) text = concat(styled("italic", "(sent again, the connection broke)"), "\n", text);
          repeated = true;
          return "again";
        }
        const fault = faultOf(error);
        if (fault === "thread-gone" && place.threadId !== undefined) {
          place = { chatId: to.chatId };
          return "at-once";
        }
        if (fault === "other" && text.entities.length > 0) {
          text = plain(text.text);
          return "at-once";
        }
        return "give-up";
      },
    );
  }

  async edit(
    message: MessageRef,
    content: () => Content,
    { final }: { final: boolean },
  ): Promise<EditResult> {
    let result: EditResult = "dropped";
    let unformatted = false;
    await this.#enqueue(
      message.chatId,
      final ? "final" : "frame",
      `message ${message.messageId}`,
      async (chatId) => {
        const current = content();
        const text = unformatted ? plain(current.text.text) : current.text;
        await this.#options.client.call("editMessageText", {
          chat_id: chatId,
          message_id: message.messageId,
          ...this.#text(text),
          ...keyboard(current),
        });
        result = "ok";
      },
      (error) => {
        if (error instanceof NetworkError) return "again";
        const fault = faultOf(error);
        if (fault === "not-modified") result = "ok";
        if (fault === "message-gone" || fault === "not-editable") result = "gone";
        if (fault !== "other" || unformatted) return "give-up";
        unformatted = true;
        return "at-once";
      },
    );
    return result;
  }

  async remove(message: MessageRef): Promise<void> {
    await this.#enqueue(message.chatId, "final", `message ${message.messageId}`, (chatId) =>
      this.#options.client.call("deleteMessage", { chat_id: chatId, message_id: message.messageId }),
    );
  }

  sendFile(to: Place, file: OutgoingFile, options: SendOptions = {}): Promise<MessageRef | undefined> {
    return this.#enqueue(
      to.chatId,
      "send",
      undefined,
      async (chatId) => {
        const message = await this.#options.client.call("sendDocument", {
          chat_id: chatId,
          document: { name: file.name, bytes: this.#redactedBytes(file.bytes) },
          ...(file.caption ? { caption: this.#options.secrets.redact(file.caption) } : {}),
          ...placing(to, options),
        });
        return { chatId, messageId: message.message_id };
      },
      (error) => {
        if (error instanceof NetworkError && (!error.mayHaveArrived || options.important)) return "again";
        return "give-up";
      },
    );
  }

  typing(to: Place): void {
    void this.#enqueue(to.chatId, "action", "typing", (chatId) =>
      this.#options.client.call("sendChatAction", {
        chat_id: chatId,
        action: "typing",
        ...(to.threadId === undefined ? {} : { message_thread_id: to.threadId }),
      }),
    );
  }

  /** Not in any lane: a press is answered at once, and only for a short time is there anything to answer. */
  acknowledge(queryId: string, notice?: string): void {
    const text = notice === undefined ? {} : { text: this.#options.secrets.redact(notice).slice(0, 200) };
    this.#options.client
      .call("answerCallbackQuery", { callback_query_id: queryId, ...text })
      .catch((error: Error) => this.#options.log.debug("press not answered", { error }));
  }

  flush(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        if ([...this.#lanes.values()].some((lane) => !lane.delivered)) return;
        finish();
      };
      const finish = (): void => {
        cancel();
        this.#flushed.delete(done);
        resolve();
      };
      const cancel = this.#options.clock.after(ms, finish);
      this.#flushed.add(done);
      done();
    });
  }

  /** Resolves with the call's result, or undefined once it is given up. Never rejects. */
  #enqueue<T>(
    chatId: number,
    kind: OperationKind,
    key: string | undefined,
    call: (chatId: number) => Promise<T>,
    onError: (error: ApiError | NetworkError) => Verdict = () => "give-up",
  ): Promise<T | undefined> {
    return new Promise((resolve) => {
      const attempt = async (): Promise<Attempt> => {
        try {
          resolve(await call(this.#moved.get(chatId) ?? chatId));
          return "settled";
        } catch (error) {
          const attempt_ = this.#judge(error, chatId, kind, onError);
          if (attempt_ === "at-once") return attempt();
          if (attempt_ === "settled") resolve(undefined);
          return attempt_;
        }
      };
      this.#lane(chatId).add({
        kind,
        ...(key === undefined ? {} : { key }),
        attempt,
        dropped: () => resolve(undefined),
      });
    });
  }

  /** What to do after a failed try: the rules that hold for every call come first, then those of the call itself. */
  #judge(
    error: unknown,
    chatId: number,
    kind: OperationKind,
    onError: (error: ApiError | NetworkError) => Verdict,
  ): Attempt | "at-once" {
    const { log } = this.#options;
    if (!(error instanceof ApiError || error instanceof NetworkError)) {
      log.error("call failed", { chatId, error });
      return "settled";
    }
    if (error instanceof ApiError) {
      if (error.retryAfter !== undefined || error.code === 429) {
        log.warn("told to slow down", { chatId, method: error.method, seconds: error.retryAfter });
        return { pauseSeconds: error.retryAfter ?? 5 };
      }
      if (error.migrateTo !== undefined && !this.#moved.has(chatId)) {
        this.#moved.set(chatId, error.migrateTo);
        log.info("group became a supergroup", { chatId, newChatId: error.migrateTo });
        return "at-once";
      }
      if (faultOf(error) === "server") return kind === "action" ? "settled" : "again";
    }
    const verdict = onError(error);
    if (verdict === "give-up") {
      const expected = error instanceof ApiError && ["not-modified", "message-gone"].includes(faultOf(error));
      if (!expected) log.warn("not delivered", { chatId, kind, error });
      return "settled";
    }
    return verdict;
  }

  #lane(chatId: number): Lane {
    const known = this.#lanes.get(chatId);
    if (known) return known;
    for (const [id, lane] of this.#lanes) {
      if (this.#lanes.size < MOST_LANES) break;
      if (lane.idle) this.#lanes.delete(id);
    }
    const lane = new Lane(this.#options.clock, chatId < 0, () => {
      for (const check of this.#flushed) check();
    });
    this.#lanes.set(chatId, lane);
    return lane;
  }

  #text(rich: RichText): Pick<Methods["sendMessage"]["in"], "text" | "entities" | "link_preview_options"> {
    return {
      text: this.#options.secrets.redact(rich.text),
      link_preview_options: { is_disabled: true },
      ...(rich.entities.length > 0 ? { entities: rich.entities } : {}),
    };
  }

  #redactedBytes(bytes: Uint8Array): Uint8Array {
    const text = Buffer.from(bytes).toString("latin1");
    const clean = this.#options.secrets.redact(text);
    // Dots of three bytes each in UTF-8 do not matter in a file; what is not changed is sent as it is, byte for byte.
    return clean === text
      ? bytes
      : Buffer.from(this.#options.secrets.redact(Buffer.from(bytes).toString("utf8")));
  }
}

/** `at-once`: the call was changed so that it can go through now. */
type Verdict = "again" | "at-once" | "give-up";

function keyboard({ buttons }: Content): { reply_markup?: InlineKeyboardMarkup } {
  if (!buttons || buttons.length === 0) return {};
  return {
    reply_markup: {
      inline_keyboard: buttons.map((row) => row.map(({ text, data }) => ({ text, callback_data: data }))),
    },
  };
}

function placing(to: Place, options: SendOptions): Partial<Methods[Extract<Method, "sendMessage">]["in"]> {
  return {
    ...(to.threadId === undefined ? {} : { message_thread_id: to.threadId }),
    ...(options.silent ? { disable_notification: true } : {}),
    ...(options.replyTo === undefined
      ? {}
      : { reply_parameters: { message_id: options.replyTo, allow_sending_without_reply: true } }),
  };
}
