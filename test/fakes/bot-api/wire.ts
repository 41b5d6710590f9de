/**
 * The Bot API's objects as far as this fake speaks them (https://core.telegram.org/bots/api). Written from the
 * documentation and not taken from the product, so that a wrong type there is not mirrored here.
 */
export interface User {
  id: number;
  is_bot: boolean;
  first_name: string;
  username?: string;
}

export interface Chat {
  id: number;
  type: "private" | "group" | "supergroup";
  title?: string;
  first_name?: string;
  username?: string;
  is_forum?: true;
}

export interface MessageEntity {
  type: string;
  offset: number;
  length: number;
  language?: string;
  url?: string;
}

export interface Button {
  text: string;
  callback_data?: string;
  url?: string;
  web_app?: { url: string };
  copy_text?: { text: string };
  style?: string;
}

export interface ReplyMarkup {
  inline_keyboard?: Button[][];
  keyboard?: unknown;
  remove_keyboard?: boolean;
  force_reply?: boolean;
}

/** A document, voice, audio or video; one size of a photo. */
export interface FileInfo {
  file_id: string;
  file_unique_id: string;
  file_size: number;
  file_name?: string;
  mime_type?: string;
  width?: number;
  height?: number;
  duration?: number;
}

export const FILE_KINDS = ["document", "photo", "voice", "audio", "video"] as const;
export type FileKind = (typeof FILE_KINDS)[number];

export interface Message {
  message_id: number;
  message_thread_id?: number;
  is_topic_message?: true;
  from?: User;
  sender_chat?: Chat;
  chat: Chat;
  date: number;
  edit_date?: number;
  text?: string;
  entities?: MessageEntity[];
  caption?: string;
  caption_entities?: MessageEntity[];
  media_group_id?: string;
  reply_to_message?: Message;
  reply_markup?: ReplyMarkup;
  document?: FileInfo;
  voice?: FileInfo;
  audio?: FileInfo;
  video?: FileInfo;
  photo?: FileInfo[];
  migrate_to_chat_id?: number;
  migrate_from_chat_id?: number;
}

export interface CallbackQuery {
  id: string;
  from: User;
  /** `date: 0` and nothing more when the message is gone (InaccessibleMessage). */
  message: Message | { chat: Chat; message_id: number; date: 0 };
  chat_instance: string;
  data: string;
}

export interface ChatMemberUpdated {
  chat: Chat;
  from: User;
  date: number;
  old_chat_member: { user: User; status: string };
  new_chat_member: { user: User; status: string };
}

export interface Update {
  update_id: number;
  message?: Message;
  edited_message?: Message;
  callback_query?: CallbackQuery;
  my_chat_member?: ChatMemberUpdated;
}

export interface ResponseParameters {
  retry_after?: number;
  migrate_to_chat_id?: number;
}

/** A refusal: `code` is the HTTP status and the `error_code`, the message its `description`. */
export class Refusal extends Error {
  readonly code: number;
  readonly parameters: ResponseParameters | undefined;

  constructor(code: number, description: string, parameters?: ResponseParameters) {
    super(description);
    this.code = code;
    this.parameters = parameters;
  }
}

export function badRequest(what: string): Refusal {
  return new Refusal(400, `Bad Request: ${what}`);
}
