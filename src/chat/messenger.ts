import type { RichText } from "../text/entities.ts";

/** What the chat side needs of a messenger: Telegram's outbox is one, the terminal of `nanogent chat` the other. */
export interface Messenger {
  /** What one message can hold, for `split`. */
  readonly limits: { readonly length: number; readonly entities: number };
  /** How often a running message is worth a new picture when only time has passed, in milliseconds. */
  readonly tickMs: number;
  /**
   * Sends a message that fits the limits. A function is asked for its content when it really leaves. Undefined when it
   * could not be delivered, or when nobody can tell whether it was. Never rejects.
   */
  send(to: Place, content: Content | (() => Content), options?: SendOptions): Promise<MessageRef | undefined>;
  /**
   * Changes a message. `content` is asked for when the edit really leaves, so a newer call replaces one that waits. An
   * edit that is not final may be dropped. Never rejects.
   */
  edit(
    message: MessageRef,
    content: () => Content,
    options: { readonly final: boolean },
  ): Promise<EditResult>;
  /**
   * Puts another picture, with its caption and buttons, in place of what a file's message shows; as `edit` does, and of an
   * `edit` and this one that wait only the newer leaves. Missing where nobody can see pictures: there text has to do.
   */
  editPicture?(
    message: MessageRef,
    picture: () => OutgoingFile,
    options: { readonly final: boolean },
  ): Promise<EditResult>;
  /** Takes a message out of its chat; `urgent`: before everything else that waits for this chat. Never rejects. */
  remove(message: MessageRef, options?: { readonly urgent?: boolean }): Promise<RemoveResult>;
  /** Sends a file. Undefined when it could not be delivered. Never rejects. */
  sendFile(to: Place, file: OutgoingFile, options?: SendOptions): Promise<MessageRef | undefined>;
  /** Sends two to ten pictures as one album, where the messenger can. False when it could not be delivered. Never rejects. */
  sendAlbum?(to: Place, pictures: readonly OutgoingFile[], options?: SendOptions): Promise<boolean>;
  /**
   * Puts an emoji on a message in place of the one that was put there before; none takes it away. Gives way to everything
   * else, and nobody is told whether it worked. Missing where messages cannot carry any.
   */
  react?(message: MessageRef, emoji: Reaction | undefined): void;
  /** Opens a topic in a chat that has topics. Undefined when it could not. Never rejects. */
  openTopic?(chatId: number, name: string): Promise<number | undefined>;
  /**
   * Puts a button that opens a page (https) beside the input line of a private chat; without one the bot's usual button
   * comes back. Missing where there is none. Never rejects.
   */
  setMenuButton?(chatId: number, button: AppButton | undefined): Promise<MenuResult>;
  /** Shows for a few seconds that something is being done. */
  typing(to: Place): void;
  /** Ends the waiting state of a pressed button, with a short notice when there is something to say. */
  acknowledge(queryId: string, notice?: string): void;
  /** Whether this chat takes nothing: the bot was blocked, or thrown out, when it last tried. */
  isClosed(chatId: number): boolean;
  /** Resolves when everything that must be delivered has been, or after `ms`. */
  flush(ms: number): Promise<void>;
}

/** A chat, and the topic in it where it has topics. */
export interface Place {
  readonly chatId: number;
  readonly threadId?: number;
}

export function samePlace(a: Place, b: Place): boolean {
  return a.chatId === b.chatId && a.threadId === b.threadId;
}

/** Names what is talked about in one place: a chat, or a topic of it. */
export function conversationOf({ chatId, threadId }: Place): string {
  return threadId === undefined ? String(chatId) : `${chatId}/${threadId}`;
}

/** The name of a conversation after its chat was given another id; undefined for one of another chat. */
export function movedConversation(conversation: string, from: number, to: number): string | undefined {
  const [chat, topic] = conversation.split("/");
  if (chat !== String(from)) return undefined;
  return topic === undefined ? String(to) : `${to}/${topic}`;
}

export interface MessageRef {
  readonly chatId: number;
  readonly messageId: number;
  /** It shows a file or a picture: the text that an edit changes is its caption. */
  readonly isFile?: true;
}

export interface Content {
  readonly text: RichText;
  readonly buttons?: Keyboard;
}

/** Of those that Telegram knows (https://core.telegram.org/bots/api#reactiontypeemoji), the ones that are used. */
export type Reaction = "👀" | "👍" | "👎" | "👌";

export type Keyboard = readonly (readonly Button[])[];

export type Button = PressButton | AppButton | LinkButton;

/** `data` comes back when it is pressed: 64 bytes at most. */
export interface PressButton {
  readonly text: string;
  readonly data: string;
}

/** `app` is the https address of a page that is shown within the messenger. For private chats only. */
export interface AppButton {
  readonly text: string;
  readonly app: string;
}

/** `url` is opened as any link is. */
export interface LinkButton {
  readonly text: string;
  readonly url: string;
}

export interface OutgoingFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly caption?: string;
  /** Shown in the chat rather than as a file, where the messenger can. */
  readonly picture?: boolean;
  /** Under it, where the messenger can; not in an album. */
  readonly buttons?: Keyboard;
}

export interface SendOptions {
  readonly replyTo?: number;
  /** Without a sound on the phone. */
  readonly silent?: boolean;
  /** It will be edited: not the last word on anything. */
  readonly provisional?: boolean;
  /** It must arrive: sent again even when an earlier try may have got through. */
  readonly important?: boolean;
  /** It answers what somebody has just asked: it goes before everything else. */
  readonly prompt?: boolean;
  /** It gives way to everything that is not, and is dropped rather than sent again when calls are short. */
  readonly minor?: boolean;
  /** Asked when it would leave: false withdraws it. */
  readonly wanted?: () => boolean;
}

/** `gone`: the message is no longer there. `dropped`: replaced by a newer edit, or given up for good. */
export type EditResult = "ok" | "gone" | "dropped";

/** `refused`: as for a chat that has never written to the bot. `dropped`: nobody knows. */
export type MenuResult = "ok" | "refused" | "dropped";

/** `gone`: the message is no longer there. `refused`: it stays, as when it is too old. `dropped`: nobody knows. */
export type RemoveResult = "gone" | "refused" | "dropped";
