import type { Covered, Store } from "../store.ts";
import type { StoreRecord } from "../store-record.ts";
import type { Message, Update } from "../telegram/types.ts";
import type { Vault } from "../vault.ts";
import type { Access } from "./access.ts";
import { coveredText, readSecretCommand, type SecretCommand, secretArguments } from "./secret-command.ts";

export interface SecretIntakeOptions {
  readonly store: Store;
  readonly access: Access;
  readonly vault: Vault;
}

/** A value, and whether it came in one line with the command. */
export interface Given {
  readonly value: string;
  readonly oneLine: boolean;
  /** It may be only the first part of it, and is not to be stored. */
  readonly tooLong?: true;
}

interface Taken {
  readonly kind: SecretCommand["kind"];
  /** Of the secret, when there is a value. */
  readonly name?: string;
  /** Until it is stored. */
  readonly given?: Given;
}

/** Messages whose value is on its way, or may still be edited or quoted. */
const MOST_REMEMBERED = 100;
/** A chat client cuts a longer text at white space, and its rest comes as the next message, at once. */
export const LONGEST_VALUE = 3_900;
const REST_SECONDS = 2;
const CANCEL = /^\/(?:cancel|stop)(?:@\w+)?$/i;

/**
 * Keeps the values of secrets out of the journal. Everything that comes is looked at before it is written down, in the
 * order in which it was sent and by its text alone: the command that asks for a value and the value itself may come at
 * once. A value is replaced in its update by the command that sets it, so that a crash leaves just that: a command
 * without its value, which asks again.
 */
export class SecretIntake {
  readonly #options: SecretIntakeOptions;
  /** By message. */
  readonly #taken = new Map<string, Taken>();
  /** By chat, when a message came that was cut; seconds since the epoch. */
  readonly #cut = new Map<number, number>();
  readonly #stopped = new Map<string, string>();

  constructor(options: SecretIntakeOptions) {
    this.#options = options;
  }

  /** An update as it may be written down. */
  cover(update: Update): Covered {
    const message = update.message ?? update.edited_message;
    if (!message?.from) return { update, also: [] };
    const text = textOf(message);
    if (update.message && this.#isRest(message)) return this.#rest(update, message);
    // It could not be written down before.
    if (this.#stopped.has(keyOf(message))) return { update, also: [stopAsking(message)] };
    const args = secretArguments(text);
    if (args !== undefined) return this.#command(update, message, readSecretCommand(args));
    const known = this.#taken.get(keyOf(message));
    // The value was edited, or could not be written down before.
    if (known?.name !== undefined && (known.given || update.edited_message) && text !== "")
      return this.#value(update, message, known.name, { value: text, oneLine: false });
    const awaited = this.#isOwners(message) ? this.#options.store.askedSecret(message.chat.id) : undefined;
    if (awaited !== undefined && update.message) return this.#awaited(update, message, awaited);
    return { update: this.#unquoted(update, message), also: [] };
  }

  /** The value that came with this message; once. Undefined when an earlier life took it, and did not live to store it. */
  take(chatId: number, messageId: number): Given | undefined {
    const key = `${chatId}/${messageId}`;
    const { given, ...rest } = this.#taken.get(key) ?? { kind: "unclear" as const };
    if (given) this.#taken.set(key, rest);
    return given;
  }

  /** Whether the value of this secret has still to come. False when it came right behind the question. */
  async ask(chatId: number, messageId: number, name: string): Promise<boolean> {
    if (this.#options.store.askedSecret(chatId) === name) return true;
    if (this.#taken.get(`${chatId}/${messageId}`)?.kind === "ask") return false;
    await this.askAgain(chatId, name);
    return true;
  }

  /** The next message in this chat is the value. */
  async askAgain(chatId: number, name: string): Promise<void> {
    await this.#options.store.record({ k: "awaited", chatId, secret: name });
  }

  /** The value of this secret is not wanted after all: the next message is any other. */
  async askNoMore(chatId: number, name: string): Promise<void> {
    if (this.#options.store.askedSecret(chatId) !== name) return;
    await this.#options.store.record({ k: "awaited", chatId, secret: null });
  }

  /** The secret whose value is not awaited any more because of this message. */
  stopped(chatId: number, messageId: number): string | undefined {
    return this.#stopped.get(`${chatId}/${messageId}`);
  }

  #command(update: Update, message: Message, command: SecretCommand): Covered {
    const { chat } = message;
    if (command.kind === "set" && this.#isOwners(message))
      return this.#value(update, message, command.name, { value: command.value, oneLine: true });
    const covered = replaced(message, coveredText(command));
    if (update.edited_message)
      return { update: { update_id: update.update_id, edited_message: covered }, also: [] };
    remember(this.#taken, keyOf(message), { kind: command.kind });
    const asks = command.kind === "ask" && this.#isOwners(message);
    return {
      update: { update_id: update.update_id, message: covered },
      also: asks ? [{ k: "awaited", chatId: chat.id, secret: command.name }] : [],
    };
  }

  #awaited(update: Update, message: Message, name: string): Covered {
    const { update_id } = update;
    const text = message.text ?? "";
    if (text !== "" && !CANCEL.test(text.trim())) {
      return this.#value(update, message, name, { value: text, oneLine: false });
    }
    if (text !== "") {
      remember(this.#stopped, keyOf(message), name);
      return { update, also: [stopAsking(message)] };
    }
    // A file is no value, and no prompt either; a message about the chat itself is nothing at all.
    const isFile = message.caption !== undefined || FILES.some((kind) => kind in message);
    if (!isFile) return { update, also: [] };
    return {
      update: { update_id, message: replaced(message, coveredText({ kind: "ask", name })) },
      also: [],
    };
  }

  /** An edit counts as if it had been sent like that. */
  #value({ update_id }: Update, message: Message, name: string, given: Given): Covered {
    const isCut = textOf(message).length >= LONGEST_VALUE;
    if (isCut) this.#cut.set(message.chat.id, message.date);
    else this.#options.vault.hide(given.value);
    const kept: Given = isCut ? { ...given, value: "", tooLong: true } : given;
    remember(this.#taken, keyOf(message), { kind: "set", name, given: kept });
    return {
      update: { update_id, message: replaced(message, coveredText({ kind: "set", name, value: "" })) },
      also: [stopAsking(message)],
    };
  }

  #isRest({ chat, date, text }: Message): boolean {
    const cut = this.#cut.get(chat.id);
    return cut !== undefined && text !== undefined && date - cut <= REST_SECONDS;
  }

  #rest({ update_id }: Update, message: Message): Covered {
    if (textOf(message).length >= LONGEST_VALUE) this.#cut.set(message.chat.id, message.date);
    return { update: { update_id, message: replaced(message, coveredText({ kind: "unclear" })) }, also: [] };
  }

  /** A message may quote another one in full. */
  #unquoted(update: Update, message: Message): Update {
    const quoted = message.reply_to_message;
    if (!quoted || this.#taken.get(keyOf({ ...quoted, chat: message.chat }))?.kind !== "set") return update;
    const { reply_to_message, quote, ...rest } = message as Message & { readonly quote?: unknown };
    return update.message ? { ...update, message: rest } : { ...update, edited_message: rest };
  }

  #isOwners({ from, chat }: Message): boolean {
    return chat.type === "private" && this.#options.access.roleOf(from, chat) === "owner";
  }
}

const FILES = ["photo", "document", "voice", "audio", "video", "video_note", "animation", "sticker"];

function keyOf({ chat, message_id }: Pick<Message, "chat" | "message_id">): string {
  return `${chat.id}/${message_id}`;
}

function textOf({ text, caption }: Message): string {
  return text ?? caption ?? "";
}

function stopAsking({ chat }: Message): StoreRecord {
  return { k: "awaited", chatId: chat.id, secret: null };
}

/** The message with another text, and with nothing else that it said. */
function replaced(message: Message, text: string): Message {
  const { message_id, date, chat, from, sender_chat, message_thread_id, is_topic_message } = message;
  return {
    ...{ message_id, date, chat, text },
    ...(from ? { from } : {}),
    ...(sender_chat ? { sender_chat } : {}),
    ...(message_thread_id === undefined ? {} : { message_thread_id }),
    ...(is_topic_message === undefined ? {} : { is_topic_message }),
  };
}

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.size > MOST_REMEMBERED ? map.keys().next().value : undefined;
  if (oldest !== undefined) map.delete(oldest);
}
