/** The part of the Bot API that nanogent uses (https://core.telegram.org/bots/api), as of Bot API 10.3. */

export interface User {
  readonly id: number;
  readonly is_bot: boolean;
  readonly first_name: string;
  readonly username?: string;
}

export interface Chat {
  readonly id: number;
  readonly type: "private" | "group" | "supergroup" | "channel";
  readonly title?: string;
  readonly is_forum?: boolean;
}

export interface MessageEntity {
  readonly type: string;
  readonly offset: number;
  readonly length: number;
  readonly url?: string;
  readonly language?: string;
  /** Only with `text_mention`. */
  readonly user?: User;
}

/** What all kinds of file have in common; `file_name` and `mime_type` are missing for photos and often elsewhere. */
export interface FileInfo {
  readonly file_id: string;
  readonly file_size?: number;
  readonly file_name?: string;
  readonly mime_type?: string;
}

export interface Message {
  readonly message_id: number;
  readonly message_thread_id?: number;
  /** Without it, `message_thread_id` is only the thread of a reply in an ordinary group. */
  readonly is_topic_message?: boolean;
  readonly from?: User;
  /** Set when the message was sent in the name of a chat: a channel, or an anonymous administrator. */
  readonly sender_chat?: Chat;
  readonly chat: Chat;
  readonly date: number;
  readonly reply_to_message?: Message;
  /** The part of it that was marked. */
  readonly quote?: { readonly text: string };
  readonly media_group_id?: string;
  /** The group is a supergroup from now on, with this id. Telegram itself says so, in the old group. */
  readonly migrate_to_chat_id?: number;
  readonly text?: string;
  readonly entities?: readonly MessageEntity[];
  readonly caption?: string;
  readonly caption_entities?: readonly MessageEntity[];
  readonly photo?: readonly FileInfo[];
  readonly document?: FileInfo;
  readonly voice?: FileInfo;
  readonly audio?: FileInfo;
  readonly video?: FileInfo;
  readonly video_note?: FileInfo;
  readonly animation?: FileInfo;
}

export interface CallbackQuery {
  readonly id: string;
  readonly from: User;
  readonly message?: Message;
  readonly data?: string;
}

export interface Update {
  readonly update_id: number;
  readonly message?: Message;
  readonly edited_message?: Message;
  readonly callback_query?: CallbackQuery;
}

/** The kinds of update that are read; named on every poll, since a poll without them keeps the last setting. */
export const ALLOWED_UPDATES = ["message", "edited_message", "callback_query"] as const;

export interface InlineKeyboardButton {
  readonly text: string;
  readonly callback_data?: string;
  readonly url?: string;
  readonly web_app?: { readonly url: string };
}

export interface InlineKeyboardMarkup {
  readonly inline_keyboard: readonly (readonly InlineKeyboardButton[])[];
}

export type MenuButton =
  | { readonly type: "web_app"; readonly text: string; readonly web_app: { readonly url: string } }
  | { readonly type: "default" };

export interface BotCommand {
  readonly command: string;
  readonly description: string;
}

interface TextParameters {
  readonly chat_id: number;
  readonly text: string;
  readonly entities?: readonly MessageEntity[];
  readonly reply_markup?: InlineKeyboardMarkup;
  readonly link_preview_options?: { readonly is_disabled: boolean };
}

interface CaptionParameters {
  readonly caption?: string;
  readonly caption_entities?: readonly MessageEntity[];
  readonly reply_markup?: InlineKeyboardMarkup;
}

interface PlaceParameters {
  readonly chat_id: number;
  readonly message_thread_id?: number;
  readonly reply_parameters?: { readonly message_id: number; readonly allow_sending_without_reply: boolean };
  readonly disable_notification?: boolean;
}

/** A file to upload, by multipart. */
export interface Upload {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Method name -> what goes in and what comes out. A wrong field does not compile. */
export interface Methods {
  getMe: {
    in: Record<string, never>;
    out: User & { has_topics_enabled?: boolean; has_main_web_app?: boolean };
  };
  getWebhookInfo: { in: Record<string, never>; out: { url: string; pending_update_count: number } };
  getUpdates: {
    in: { offset?: number; limit?: number; timeout?: number; allowed_updates?: readonly string[] };
    out: readonly Update[];
  };
  deleteWebhook: { in: { drop_pending_updates?: boolean }; out: true };
  sendMessage: { in: TextParameters & PlaceParameters; out: Message };
  editMessageText: { in: TextParameters & { message_id: number }; out: Message | true };
  deleteMessage: { in: { chat_id: number; message_id: number }; out: true };
  sendDocument: { in: PlaceParameters & CaptionParameters & { document: Upload }; out: Message };
  sendPhoto: { in: PlaceParameters & CaptionParameters & { photo: Upload }; out: Message };
  /** The text of a message with a file, which `editMessageText` refuses. */
  editMessageCaption: {
    in: CaptionParameters & { chat_id: number; message_id: number };
    out: Message | true;
  };
  /** https://core.telegram.org/bots/api#editmessagemedia: the file is a part of its own that `media` names. */
  editMessageMedia: {
    in: {
      chat_id: number;
      message_id: number;
      media: { type: "photo" | "document"; media: "attach://file"; caption?: string };
      file: Upload;
      reply_markup?: InlineKeyboardMarkup;
    };
    out: Message | true;
  };
  /** https://core.telegram.org/bots/api#sendmediagroup: two to ten, each in a part of its own that its `media` names. */
  sendMediaGroup: {
    in: PlaceParameters & {
      media: readonly { type: "photo"; media: `attach://file${number}`; caption?: string }[];
      [part: `file${number}`]: Upload;
    };
    out: readonly Message[];
  };
  /** https://core.telegram.org/bots/api#setmessagereaction: a bot puts one at most, and none takes it away. */
  setMessageReaction: {
    in: {
      chat_id: number;
      message_id: number;
      reaction: readonly { readonly type: "emoji"; readonly emoji: string }[];
    };
    out: true;
  };
  /** https://core.telegram.org/bots/api#createforumtopic: names have 128 characters at most. */
  createForumTopic: { in: { chat_id: number; name: string }; out: { message_thread_id: number } };
  sendChatAction: { in: { chat_id: number; message_thread_id?: number; action: string }; out: true };
  answerCallbackQuery: { in: { callback_query_id: string; text?: string; show_alert?: boolean }; out: true };
  /** https://core.telegram.org/bots/api#setchatmenubutton: of one private chat. */
  setChatMenuButton: { in: { chat_id: number; menu_button: MenuButton }; out: true };
  setMyCommands: { in: { commands: readonly BotCommand[] }; out: true };
  getFile: { in: { file_id: string }; out: { file_id: string; file_size?: number; file_path?: string } };
}

export type Method = keyof Methods;
