import type {
  AppButton,
  Content,
  EditResult,
  MenuResult,
  MessageRef,
  Messenger,
  OutgoingFile,
  Place,
  Reaction,
  RemoveResult,
  SendOptions,
} from "../chat/messenger.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { Secrets } from "../secrets.ts";
import type { BotClient } from "./client.ts";
import { type Call, deliver } from "./delivery.ts";
import { contentEdit, type MessageEdit, pictureEdit } from "./edits.ts";
import { ApiError, faultOf, NetworkError } from "./errors.ts";
import { Lanes } from "./lanes.ts";
import { menuButton, noticeText, placeParameters, topicName } from "./outgoing.ts";
import { albumPost, filePost, type Post, SENT_AGAIN, textPost } from "./posts.ts";
import { Reactions } from "./reactions.ts";

export interface OutboxOptions {
  readonly client: BotClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly secrets: Secrets;
}

/** Telegram's, less room for a mark, and below the 100 entities above which the server drops the rest without a word. */
const LIMITS = { length: 4096 - SENT_AGAIN.text.length, entities: 90 };
/** Larger files are refused, by some gateways with no more than a broken connection. */
const LARGEST_FILE = 50_000_000;
/** As long as a chat action is shown: a later answer is worth nothing. */
const ACTION_MS = 5_000;
const PRESS_MS = 10_000;
const MENU_MS = 10_000;

/** The one place through which every call for a chat leaves: ordered, paced, repeated where that is safe. */
export class Outbox implements Messenger {
  readonly limits = LIMITS;
  /** "typing" is shown for 5 s. */
  readonly tickMs = 4_500;
  readonly #options: OutboxOptions;
  readonly #lanes: Lanes;
  readonly #reactions: Reactions;
  /** Groups that became supergroups: old id -> new id. */
  readonly #moved = new Map<number, number>();
  /** Chats that took nothing when it was last tried. */
  readonly #closed = new Set<number>();

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#lanes = new Lanes(options.clock);
    this.#reactions = new Reactions({ ...options, lanes: this.#lanes });
  }

  send(
    to: Place,
    content: Content | (() => Content),
    options: SendOptions = {},
  ): Promise<MessageRef | undefined> {
    return this.#post(to, options, textPost(content, options, this.#options));
  }

  async sendFile(to: Place, file: OutgoingFile, options: SendOptions = {}): Promise<MessageRef | undefined> {
    if (file.bytes.length > LARGEST_FILE) {
      this.#options.log.warn("file too large to send", { bytes: file.bytes.length });
      return undefined;
    }
    const message = await this.#post(to, options, filePost(file, options, this.#options));
    return message && { ...message, isFile: true };
  }

  async sendAlbum(to: Place, pictures: readonly OutgoingFile[], options: SendOptions = {}): Promise<boolean> {
    return (await this.#post(to, options, albumPost(pictures, options, this.#options))) !== undefined;
  }

  edit(message: MessageRef, content: () => Content, { final }: { final: boolean }): Promise<EditResult> {
    return this.#edit(message, final, contentEdit(message, content, final, this.#options));
  }

  editPicture(
    message: MessageRef,
    picture: () => OutgoingFile,
    { final }: { final: boolean },
  ): Promise<EditResult> {
    return this.#edit(message, final, pictureEdit(message, picture, this.#options));
  }

  async remove(
    { chatId, messageId }: MessageRef,
    { urgent = false }: { readonly urgent?: boolean } = {},
  ): Promise<RemoveResult> {
    const { client } = this.#options;
    const result = await this.#deliver<RemoveResult>({
      kind: urgent ? "urgent" : "final",
      key: `message ${messageId}`,
      chatId,
      run: () =>
        client
          .call("deleteMessage", { chat_id: chatId, message_id: messageId })
          .then(() => "gone" as const, removeResult),
      repeat: () => true,
    });
    return result ?? "dropped";
  }

  react(message: MessageRef, emoji: Reaction | undefined): void {
    // Ids of messages mean others in a group that has moved.
    if (!this.isClosed(message.chatId) && !this.#moved.has(message.chatId))
      this.#reactions.set(message, emoji);
  }

  async openTopic(chatId: number, name: string): Promise<number | undefined> {
    const { client, log, secrets } = this.#options;
    const parameters = { chat_id: this.#moved.get(chatId) ?? chatId, name: topicName(name, secrets) };
    try {
      return (await client.call("createForumTopic", parameters)).message_thread_id;
    } catch (error) {
      log.info("topic not opened", { chatId, error });
      return undefined;
    }
  }

  /** Not in any lane: it is no message, and nothing waits for it. */
  async setMenuButton(chatId: number, button: AppButton | undefined): Promise<MenuResult> {
    const { client, log } = this.#options;
    const parameters = { chat_id: chatId, menu_button: menuButton(button) };
    try {
      await client.call("setChatMenuButton", parameters, { timeoutMs: MENU_MS });
      return "ok";
    } catch (error) {
      log.info("menu button not set", { chatId, error });
      return error instanceof ApiError && [400, 403].includes(error.code) ? "refused" : "dropped";
    }
  }

  typing({ chatId, threadId }: Place): void {
    const { client } = this.#options;
    const thread = threadId === undefined ? {} : { message_thread_id: threadId };
    const parameters = { chat_id: this.#moved.get(chatId) ?? chatId, action: "typing", ...thread };
    if (this.isClosed(chatId)) return;
    void this.#deliver({
      kind: "action",
      key: `typing ${threadId}`,
      chatId: parameters.chat_id,
      run: () => client.call("sendChatAction", parameters, { timeoutMs: ACTION_MS }),
    });
  }

  /** Not in any lane: a press is answered at once, and only for a short time is there anything to answer. */
  acknowledge(queryId: string, notice?: string): void {
    const { client, log, secrets } = this.#options;
    const text = notice === undefined ? {} : { text: noticeText(notice, secrets) };
    const answer = (): Promise<true> =>
      client.call("answerCallbackQuery", { callback_query_id: queryId, ...text }, { timeoutMs: PRESS_MS });
    answer()
      // An idle connection that has just been closed is no reason to leave the button waiting.
      .catch((error) => (error instanceof NetworkError ? answer() : Promise.reject(error)))
      .catch((error) => log.debug("press not answered", { error }));
  }

  isClosed(chatId: number): boolean {
    return this.#closed.has(this.#moved.get(chatId) ?? chatId);
  }

  /** Telegram answers again: nothing waits any longer because of failures. */
  wake(): void {
    this.#lanes.wake();
  }

  flush(ms: number): Promise<void> {
    return this.#lanes.flush(ms);
  }

  async #edit(
    { chatId, messageId }: MessageRef,
    final: boolean,
    { run, simplify }: MessageEdit,
  ): Promise<EditResult> {
    if (!final && this.isClosed(chatId)) return "dropped";
    const result = await this.#deliver<EditResult>({
      ...{ kind: final ? "final" : "frame", key: `message ${messageId}`, chatId, run },
      mend: (error) => faultOf(error) === "other" && simplify(),
      repeat: () => true,
    });
    return result ?? "dropped";
  }

  /** Delivers a new message, elsewhere when Telegram says that the place it was meant for is no more. */
  async #post(to: Place, options: SendOptions, post: Post): Promise<MessageRef | undefined> {
    let place = to;
    let how = options;
    const move = (chatId: number): void => {
      place = { chatId };
      // Ids of messages mean others in the new group.
      const { replyTo, ...rest } = options;
      how = rest;
    };
    const moved = this.#moved.get(to.chatId);
    if (moved !== undefined) move(moved);
    const message = await this.#deliver({
      kind: options.minor ? "notice" : options.prompt ? "reply" : "send",
      ...(options.wanted ? { wanted: options.wanted } : {}),
      chatId: place.chatId,
      run: () => post.call(placeParameters(place, how)),
      mend: (error) => {
        const fault = faultOf(error);
        if (error.migrateTo !== undefined && error.migrateTo !== place.chatId) {
          this.#options.log.info("group became a supergroup", { chatId: to.chatId, now: error.migrateTo });
          this.#moved.set(to.chatId, error.migrateTo);
          move(error.migrateTo);
          return true;
        }
        if (fault === "thread-gone" && place.threadId !== undefined) {
          place = { chatId: place.chatId };
          return true;
        }
        return fault === "other" && post.simplify();
      },
      repeat: () => post.repeat(),
    });
    return message && { chatId: place.chatId, messageId: message.message_id };
  }

  /** Resolves with the call's result, or undefined once it is given up. Never rejects. */
  #deliver<T>(call: Call<T>): Promise<T | undefined> {
    const run = (): Promise<T> => this.#noteClosed(call);
    return new Promise((resolve) => {
      this.#lanes.add(call.chatId, deliver({ ...call, run }, this.#options.log, resolve));
    });
  }

  /** Makes the call, and learns from it whether the chat takes anything. */
  async #noteClosed<T>({ run, chatId }: Call<T>): Promise<T> {
    try {
      const result = await run();
      this.#closed.delete(chatId);
      return result;
    } catch (error) {
      if (error instanceof ApiError && isUnreachable(error)) this.#closed.add(chatId);
      throw error;
    }
  }
}

/** Whether nothing can be written there at the moment. Without a valid token, or a server of Telegram's kind, nobody can be. */
function isUnreachable(error: ApiError): boolean {
  return ["chat-unreachable", "unauthorized"].includes(faultOf(error)) || error.code === 404;
}

/** @throws the error, when it is no answer. */
function removeResult(error: unknown): RemoveResult {
  const fault = error instanceof ApiError ? faultOf(error) : undefined;
  if (fault === "message-gone") return "gone";
  const isRefusal = error instanceof ApiError && error.code === 400 && error.retryAfter === undefined;
  if (!isRefusal || fault === "chat-unreachable") throw error;
  return "refused";
}
