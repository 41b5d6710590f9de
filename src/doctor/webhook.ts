import { ASK_MS, type Check, type Finding } from "./examination.ts";

const NAME = "webhook";

/** Whether a webhook takes the messages away, and how many messages wait. */
export const webhook: Check = async ({ client, telegram }) => {
  if (!telegram) return [];
  const skipped: Finding = { name: NAME, state: "skipped", words: "Telegram could not be asked." };
  if (!client) return skipped;
  // Why it fails is told with the token.
  const info = await client.call("getWebhookInfo", {}, { timeoutMs: ASK_MS }).catch(() => undefined);
  if (!info) return skipped;
  const { url, pending_update_count: count } = info;
  const waiting =
    count === 0 ? "" : ` ${count} ${count === 1 ? "update waits" : "updates wait"} to be fetched.`;
  if (url === "") return { name: NAME, state: "pass", words: `None is set.${waiting}` };
  return {
    name: NAME,
    state: "fail",
    // Its path is often a secret.
    words: `Telegram hands the messages to ${hostOf(url)}, so nanogent gets none.${waiting}`,
    fix: "If nobody else needs it: nanogent doctor --fix or nanogent start --take-over removes it; what waits is kept.",
    async mend() {
      await client.call("deleteWebhook", { drop_pending_updates: false }, { timeoutMs: ASK_MS });
      return "Removed the webhook; the updates that wait are kept.";
    },
  };
};

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "a webhook";
}
