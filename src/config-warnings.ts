import { statSync } from "node:fs";
import { join } from "node:path";
import type { AccessConfig } from "./config.ts";
import { CONFIG_KEYS } from "./config-keys.ts";
import type { EnvFile } from "./env-file.ts";
import { nearest } from "./text/nearest.ts";

/** What looks like a mistake in the configuration but does not stop the start, a sentence each. */
export function warningsAbout(folder: string, file: EnvFile, access: AccessConfig): string[] {
  return [...unknownKeys(file), ...groupsWithoutUsers(access), ...openToOthers(folder)];
}

/** A typing mistake in a key would otherwise be silence. Other people's keys in the same file are none of our business. */
function unknownKeys(file: EnvFile): string[] {
  return [...file.entries]
    .filter(([key]) => /^(NANOGENT|TELEGRAM)_/.test(key) && !CONFIG_KEYS.some((known) => known === key))
    .map(([key, { line }]) => {
      const close = nearestKey(key);
      const fault = `${key} (.env line ${line}) is not a key that nanogent knows; it has no effect.`;
      return close ? `${fault} Did you mean ${close}?` : fault;
    });
}

function nearestKey(key: string): string | undefined {
  const close = nearest(
    key,
    CONFIG_KEYS.map((known) => known.toLowerCase()),
  );
  return close?.toUpperCase();
}

function groupsWithoutUsers({ open, chats, users }: AccessConfig): string[] {
  const nobody = !open && chats.length > 0 && [...chats, ...users].every((id) => id < 0);
  return nobody
    ? [
        "TELEGRAM_ALLOWED_CHAT_IDS lists groups only, so nobody may use the bot. Add the people to TELEGRAM_ALLOWED_USER_IDS.",
      ]
    : [];
}

/** The one warning that can be mended without asking. */
export const OPEN_TO_OTHERS = ".env can be read by other users of this machine. Close it: chmod 600 .env";

function openToOthers(folder: string): string[] {
  const mode = statSync(join(folder, ".env"), { throwIfNoEntry: false })?.mode ?? 0;
  // Windows has no such bits: there every file seems to be open.
  if ((mode & 0o077) === 0 || process.platform === "win32") return [];
  return [OPEN_TO_OTHERS];
}
