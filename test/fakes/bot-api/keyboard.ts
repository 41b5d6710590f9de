import { type Button, badRequest, type Chat, type ReplyMarkup } from "./wire.ts";

const ACTIONS = ["callback_data", "url", "web_app", "copy_text"] as const;
const KEYS = new Set<string>(["text", "style", ...ACTIONS]);
const STYLES = new Set(["danger", "success", "primary"]);
const MAX_ROW = 8;
const MAX_BUTTONS = 100;

/**
 * Checks a `reply_markup` as the server does. An empty inline keyboard is none at all.
 * @throws Refusal for a button that Telegram would refuse.
 */
export function checkMarkup(
  raw: unknown,
  chat: Chat,
  violation: (what: string) => void,
): ReplyMarkup | undefined {
  if (raw === undefined) return undefined;
  if (typeof raw !== "object" || raw === null) throw badRequest("object expected as reply markup");
  const markup: ReplyMarkup = raw;
  if (markup.inline_keyboard === undefined) return markup;
  const rows = markup.inline_keyboard;
  if (!Array.isArray(rows) || !rows.every(Array.isArray)) {
    throw badRequest('field "inline_keyboard" must be an Array of Arrays');
  }
  const buttons = rows.flat();
  for (const button of buttons) checkButton(button, chat, violation);
  if (buttons.length > MAX_BUTTONS || rows.some((row) => row.length > MAX_ROW)) {
    violation(`a keyboard of more than ${MAX_BUTTONS} buttons or ${MAX_ROW} in a row loses the rest`);
  }
  return buttons.length === 0 ? undefined : { inline_keyboard: rows };
}

function checkButton(button: Button, chat: Chat, violation: (what: string) => void): void {
  const unusable = (why: string) => badRequest(`can't parse inline keyboard button: ${why}`);
  if (typeof button?.text !== "string" || button.text === "") {
    throw unusable('field "text" must be a non-empty String');
  }
  for (const key of Object.keys(button)) if (!KEYS.has(key)) violation(`a button has no field ${key}`);
  const given = ACTIONS.filter((action) => button[action] !== undefined);
  if (given.length === 0) throw unusable("text buttons are unallowed in the inline keyboard");
  if (given.length > 1) throw unusable(`only one of ${given.join(", ")} can be used`);
  if (button.style !== undefined && !STYLES.has(button.style)) throw unusable("invalid button style");
  const bytes = Buffer.byteLength(button.callback_data ?? "x");
  if (bytes < 1 || bytes > 64) throw badRequest("BUTTON_DATA_INVALID");
  if (button.url !== undefined && !/^(https?|tg):\/\/./.test(button.url)) {
    throw badRequest(`inline keyboard button URL '${button.url}' is invalid: wrong HTTP URL`);
  }
  if (button.web_app !== undefined) {
    if (chat.type !== "private") throw badRequest("BUTTON_TYPE_INVALID");
    if (!button.web_app.url?.startsWith("https://")) {
      throw badRequest("inline keyboard button Web App URL is invalid: only HTTPS links are allowed");
    }
  }
  const copied = button.copy_text?.text ?? "x";
  if (copied === "" || copied.length > 256) throw badRequest("BUTTON_COPY_TEXT_INVALID");
}
