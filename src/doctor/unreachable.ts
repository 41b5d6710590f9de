import type { Patient } from "./examination.ts";

/** What to do when Telegram's server does not answer. */
export function networkFix({ config }: Patient): string {
  // A server over plain http is never asked through a proxy.
  if (config?.proxy && config.apiRoot.protocol === "https:")
    return `Look at the proxy of HTTPS_PROXY (${config.proxy.host}) first.`;
  if (config && config.apiRoot.hostname !== "api.telegram.org") {
    return `Is the Bot API server of TELEGRAM_API_ROOT (${config.apiRoot.origin}) running, and is the address right?`;
  }
  return "Check this machine's network. Behind a proxy set HTTPS_PROXY; where Telegram is blocked, TELEGRAM_API_ROOT can name a Bot API server of your own.";
}
