import { createHmac, timingSafeEqual } from "node:crypto";

/** Who opened the page in Telegram, and with what. */
export interface Launch {
  /** The numeric id: names can change hands. */
  readonly userId: number;
  /** For people only. */
  readonly name: string;
  /** What the link was opened with, as Telegram signed it. */
  readonly startParam: string | undefined;
}

/** Opening a terminal with a string that was seen long ago must not be possible. */
const LONGEST_AGE_MS = 5 * 60_000;
/** Clocks differ. */
const SKEW_MS = 30_000;

/**
 * Checks the launch data of a Mini App (https://core.telegram.org/bots/webapps#validating-data-received-via-the-mini-app).
 * @param now milliseconds since the epoch.
 * @returns undefined for what Telegram has not signed for this bot, or not within the last five minutes.
 */
export function readInitData(initData: string, token: string, now: number): Launch | undefined {
  const fields = new URLSearchParams(initData);
  const names = [...fields.keys()];
  // Of a field that stands twice the other one might be read.
  if (new Set(names).size !== names.length || !isSigned(fields, token)) return undefined;
  const date = fields.get("auth_date") ?? "";
  const age = /^\d{1,12}$/.test(date) ? now - Number(date) * 1_000 : Number.NaN;
  if (!(age >= -SKEW_MS && age <= LONGEST_AGE_MS)) return undefined;
  const user = readUser(fields.get("user") ?? "");
  return user && { ...user, startParam: fields.get("start_param") ?? undefined };
}

function isSigned(fields: URLSearchParams, token: string): boolean {
  const lines = [...fields].filter(([name]) => name !== "hash").map(([name, value]) => `${name}=${value}`);
  // By code units, as Telegram does, and not by the rules of a language.
  lines.sort();
  const key = createHmac("sha256", "WebAppData").update(token).digest();
  const expected = createHmac("sha256", key).update(lines.join("\n")).digest();
  const given = Buffer.from(fields.get("hash") ?? "", "hex");
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function readUser(json: string): { userId: number; name: string } | undefined {
  let user: unknown;
  try {
    user = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (typeof user !== "object" || user === null) return undefined;
  const { id, is_bot, first_name } = user as Record<string, unknown>;
  if (typeof id !== "number" || !Number.isSafeInteger(id) || id <= 0 || is_bot === true) return undefined;
  return { userId: id, name: typeof first_name === "string" ? first_name : String(id) };
}
