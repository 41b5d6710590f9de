import { duration } from "../text/duration.ts";
import type { Finding, Patient } from "./examination.ts";

const NAME = "clock";
/** Less than this harms nothing. */
const MOST_SKEW_MS = 60_000;

const HOW_TO_SET: Partial<Record<NodeJS.Platform, string>> = {
  linux: "Have it set by the network: sudo timedatectl set-ntp true",
  darwin: "Have it set by the network: sudo sntp -sS time.apple.com",
  win32: "Have it set by the network: w32tm /resync",
};

/** Whether this machine's clock is right, by the `Date` header of Telegram's server. */
export async function clock({ probe, telegram }: Patient): Promise<readonly Finding[]> {
  if (!telegram) return [];
  const found = await probe;
  if (!found?.reached || found.skewMs === undefined) {
    return [{ name: NAME, state: "skipped", words: "Telegram did not tell the time." }];
  }
  const { skewMs } = found;
  if (Math.abs(skewMs) <= MOST_SKEW_MS) {
    return [{ name: NAME, state: "pass", words: "It agrees with Telegram's to a minute." }];
  }
  const words = `This clock is ${duration(Math.abs(skewMs))} ${skewMs > 0 ? "behind" : "ahead of"} Telegram's, so it misjudges how old prompts and logins are.`;
  const fix = HOW_TO_SET[process.platform] ?? "Have it set by the network.";
  return [{ name: NAME, state: "warning", words, fix }];
}
