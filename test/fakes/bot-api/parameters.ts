import { badRequest } from "./wire.ts";

export type Params = Readonly<Record<string, unknown>>;
type Type = "int" | "text" | "bool" | "json" | "chat" | "file";

const SENDING = `business_connection_id:text chat_id:chat message_thread_id:int disable_notification:bool
  protect_content:bool allow_paid_broadcast:bool message_effect_id:text reply_parameters:json reply_markup:json`;
const CAPTION = "caption:text parse_mode:text caption_entities:json";
const EDITING =
  "business_connection_id:text chat_id:chat message_id:int inline_message_id:text reply_markup:json";

/** What each method takes, from its table in https://core.telegram.org/bots/api#available-methods. */
const METHODS: Record<string, string> = {
  getUpdates: "offset:int limit:int timeout:int allowed_updates:json",
  deleteWebhook: "drop_pending_updates:bool",
  getWebhookInfo: "",
  getMe: "",
  sendMessage: `${SENDING} text:text parse_mode:text entities:json link_preview_options:json`,
  sendDocument: `${SENDING} ${CAPTION} document:file thumbnail:file disable_content_type_detection:bool`,
  sendPhoto: `${SENDING} ${CAPTION} photo:file show_caption_above_media:bool has_spoiler:bool`,
  sendMediaGroup: `${SENDING.replace("reply_markup:json", "")} media:json`,
  editMessageText: `${EDITING} text:text parse_mode:text entities:json link_preview_options:json`,
  editMessageCaption: `${EDITING} ${CAPTION} show_caption_above_media:bool`,
  editMessageMedia: `${EDITING} media:json`,
  editMessageReplyMarkup: EDITING,
  deleteMessage: "chat_id:chat message_id:int",
  sendChatAction: "business_connection_id:text chat_id:chat message_thread_id:int action:text",
  setMessageReaction: "chat_id:chat message_id:int reaction:json is_big:bool",
  createForumTopic: "chat_id:chat name:text icon_color:int icon_custom_emoji_id:text",
  answerCallbackQuery: "callback_query_id:text text:text show_alert:bool url:text cache_time:int",
  setMyCommands: "commands:json scope:json language_code:text",
  setChatMenuButton: "chat_id:chat menu_button:json",
  getMyCommands: "scope:json language_code:text",
  getChat: "chat_id:chat",
  getFile: "file_id:text",
};
const NAMES = new Map(Object.keys(METHODS).map((method) => [method.toLowerCase(), method]));

/** The method's proper name, whatever its case; undefined for one that does not exist here. */
export function methodNamed(name: string): string | undefined {
  return NAMES.get(name.toLowerCase());
}

/**
 * Brings the fields of a body to the types that the method's parameters have.
 * @throws Refusal for JSON in text form that cannot be read.
 */
export function typedParams(method: string, fields: Params, violation: (what: string) => void): Params {
  const types = new Map(
    (METHODS[method] ?? "").split(/\s+/).map((pair) => pair.split(":") as [string, Type]),
  );
  const typed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    const type = types.get(name);
    if (type === undefined) violation(`${name} is not a parameter of ${method}`);
    else if (value !== null && value !== undefined) typed[name] = convert(name, type, value);
    if (type !== undefined && !fits(type, typed[name])) {
      violation(`${name} of ${method} is not of type ${type}: ${JSON.stringify(value)}`);
    }
  }
  if (typed.parse_mode !== undefined) violation(`${method} with parse_mode: this bot sends entities only`);
  return typed;
}

function convert(name: string, type: Type, value: unknown): unknown {
  if (typeof value !== "string" || type === "text" || type === "file") return value;
  if (type === "bool") return value === "true" || value === "1" ? true : value === "false" ? false : value;
  if (type !== "json") return /^-?\d+$/.test(value) ? Number(value) : value;
  try {
    return JSON.parse(value);
  } catch {
    throw badRequest(`can't parse ${name} JSON object`);
  }
}

function fits(type: Type, value: unknown): boolean {
  if (type === "int") return Number.isSafeInteger(value);
  if (type === "chat") return Number.isSafeInteger(value) || typeof value === "string";
  if (type === "json") return typeof value === "object" && value !== null;
  return typeof value === (type === "bool" ? "boolean" : "string");
}

export function int(params: Params, name: string): number | undefined {
  const value = params[name];
  return typeof value === "number" ? value : undefined;
}

/** Empty when it is missing. */
export function text(params: Params, name: string): string {
  const value = params[name];
  return typeof value === "string" ? value : "";
}

export function list(params: Params, name: string): readonly unknown[] {
  const value = params[name];
  return Array.isArray(value) ? value : [];
}

export function object(params: Params, name: string): Params {
  const value = params[name];
  return typeof value === "object" && value !== null ? { ...value } : {};
}

export function objects(params: Params, name: string): readonly Params[] {
  return list(params, name).map((value) => (typeof value === "object" && value !== null ? { ...value } : {}));
}
