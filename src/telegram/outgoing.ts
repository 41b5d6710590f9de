import { isUtf8 } from "node:buffer";
import type { AppButton, Button, Content, OutgoingFile, Place, SendOptions } from "../chat/messenger.ts";
import type { Secrets } from "../secrets.ts";
import { cut } from "../text/cut.ts";
import type { Entity } from "../text/entities.ts";
import type {
  InlineKeyboardButton,
  InlineKeyboardMarkup,
  MenuButton,
  MessageEntity,
  Methods,
  Upload,
} from "./types.ts";

type TextParameters = Pick<
  Methods["sendMessage"]["in"],
  "text" | "entities" | "reply_markup" | "link_preview_options"
>;
type CaptionParameters = Pick<
  Methods["editMessageCaption"]["in"],
  "caption" | "caption_entities" | "reply_markup"
>;
type PlaceParameters = Pick<
  Methods["sendMessage"]["in"],
  "chat_id" | "message_thread_id" | "disable_notification" | "reply_parameters"
>;

const LONGEST_CAPTION = 1024;
const LONGEST_NOTICE = 200;
const LONGEST_TOPIC = 128;

/** What a message shows, without secrets. */
export function textParameters({ text, buttons = [] }: Content, secrets: Secrets): TextParameters {
  const entities = text.entities.flatMap((entity) => cleanEntity(entity, secrets));
  return {
    text: secrets.redact(text.text),
    link_preview_options: { is_disabled: true },
    ...(entities.length > 0 ? { entities } : {}),
    ...(buttons.length > 0 ? { reply_markup: keyboard(buttons, secrets) } : {}),
  };
}

/** What stands under a file, without secrets; only its beginning where it is too long. */
export function captionParameters(content: Content, secrets: Secrets): CaptionParameters {
  const { text, entities = [], reply_markup } = textParameters(content, secrets);
  const caption = cut(text, LONGEST_CAPTION);
  const within = entities
    .filter(({ offset }) => offset < caption.length)
    .map((entity) => ({ ...entity, length: Math.min(entity.length, caption.length - entity.offset) }));
  return {
    caption,
    ...(within.length > 0 ? { caption_entities: within } : {}),
    ...(reply_markup ? { reply_markup } : {}),
  };
}

/** Where a message goes, and how. */
export function placeParameters(place: Place, { replyTo, silent }: SendOptions): PlaceParameters {
  return {
    chat_id: place.chatId,
    ...(place.threadId === undefined ? {} : { message_thread_id: place.threadId }),
    ...(silent ? { disable_notification: true } : {}),
    ...(replyTo === undefined
      ? {}
      : { reply_parameters: { message_id: replyTo, allow_sending_without_reply: true } }),
  };
}

/** A file without secrets in its name, its caption or its bytes; otherwise the same byte for byte. */
export function fileParameters(
  file: OutgoingFile,
  secrets: Secrets,
): { readonly document: Upload; readonly caption?: string; readonly reply_markup?: InlineKeyboardMarkup } {
  const document = { name: secrets.redact(file.name), bytes: cleanBytes(file.bytes, secrets) };
  const caption = cut(secrets.redact(file.caption ?? ""), LONGEST_CAPTION);
  const { buttons = [] } = file;
  return {
    document,
    ...(caption === "" ? {} : { caption }),
    ...(buttons.length > 0 ? { reply_markup: keyboard(buttons, secrets) } : {}),
  };
}

/** Several pictures in one call, each as `fileParameters` makes it. */
export function albumParameters(
  pictures: readonly OutgoingFile[],
  secrets: Secrets,
): Pick<Methods["sendMediaGroup"]["in"], "media" | `file${number}`> {
  const files = pictures.map((picture) => fileParameters(picture, secrets));
  const media = files.map(({ caption }, index) => ({
    type: "photo" as const,
    media: `attach://file${index}` as const,
    ...(caption === undefined ? {} : { caption }),
  }));
  return { media, ...Object.fromEntries(files.map(({ document }, index) => [`file${index}`, document])) };
}

/** The button beside the input line of a private chat; undefined for the one that the bot has everywhere. */
export function menuButton(button: AppButton | undefined): MenuButton {
  if (!button) return { type: "default" };
  return { type: "web_app", text: button.text, web_app: { url: button.app } };
}

/** What is shown for a moment after a press. */
export function noticeText(notice: string, secrets: Secrets): string {
  return cut(secrets.redact(notice), LONGEST_NOTICE);
}

export function topicName(name: string, secrets: Secrets): string {
  return cut(secrets.redact(name), LONGEST_TOPIC);
}

function cleanEntity(entity: Entity, secrets: Secrets): MessageEntity[] {
  const { url, language } = entity;
  // A link without its secret leads nowhere; its text stays.
  if (url !== undefined && secrets.redact(url) !== url) return [];
  return [language === undefined ? entity : { ...entity, language: secrets.redact(language) }];
}

function keyboard(buttons: NonNullable<Content["buttons"]>, secrets: Secrets): InlineKeyboardMarkup {
  const button = (shown: Button): InlineKeyboardButton => ({
    text: secrets.redact(shown.text),
    ...actionOf(shown),
  });
  return { inline_keyboard: buttons.map((row) => row.map(button)) };
}

function actionOf(button: Button): Omit<InlineKeyboardButton, "text"> {
  if ("data" in button) return { callback_data: button.data };
  return "app" in button ? { web_app: { url: button.app } } : { url: button.url };
}

function cleanBytes(bytes: Uint8Array, secrets: Secrets): Uint8Array {
  const clean = Buffer.from(bytes);
  if (isUtf8(clean)) return Buffer.from(secrets.redact(clean.toString()));
  for (const value of secrets.values) {
    const secret = Buffer.from(value);
    for (let at = clean.indexOf(secret); at >= 0; at = clean.indexOf(secret, at)) {
      clean.fill("*", at, at + secret.length);
    }
  }
  return clean;
}
