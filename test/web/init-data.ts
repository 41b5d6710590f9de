import { createHmac } from "node:crypto";

export type Fields = Readonly<Record<string, string>>;

/** Launch data as Telegram signs it for a bot. */
export function signed(given: Fields, token: string): string {
  const lines = Object.entries(given).map(([name, value]) => `${name}=${value}`);
  const key = createHmac("sha256", "WebAppData").update(token).digest();
  const hash = createHmac("sha256", key).update(lines.sort().join("\n")).digest("hex");
  return new URLSearchParams({ ...given, hash }).toString();
}
