import { existsSync, readFileSync } from "node:fs";
import { type EnvEntry, parseEnv, withEnvValue, writeFilePrivately } from "../env-file.ts";

/** Adds a user to those whom `.env` allows. @throws the file system's error. */
export function addUserToEnv(path: string, id: number): void {
  const key = "TELEGRAM_ALLOWED_USER_IDS";
  change(path, key, (before) => (before === "" ? String(id) : `${before},${id}`));
}

/** Puts the new id of a chat in the place of its old one, where `.env` has that. @throws the file system's error. */
export function moveChatInEnv(path: string, from: number, to: number): void {
  change(path, "TELEGRAM_ALLOWED_CHAT_IDS", (before) =>
    before.replace(new RegExp(`(^|[\\s,])${from}(?=[\\s,]|$)`, "g"), `$1${to}`),
  );
}

function change(path: string, key: string, how: (before: string) => string): void {
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const entry: EnvEntry | undefined = parseEnv(text).entries.get(key);
  const before = entry?.value ?? "";
  const after = how(before);
  if (after !== before) writeFilePrivately(path, withEnvValue(text, key, after));
}
