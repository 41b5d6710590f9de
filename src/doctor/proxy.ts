import { lookUp } from "../config-lookup.ts";
import { readEnvFile } from "../env-file.ts";
import type { Finding, Patient } from "./examination.ts";

const NAME = "proxy";

/** Whether Telegram can be reached through the proxy, where one is set and used. */
export async function proxy({ config, paths, env, probe, telegram }: Patient): Promise<readonly Finding[]> {
  if (!telegram) return [];
  if (!config) return [{ name: NAME, state: "skipped", words: "Not known without .env." }];
  const host = config.apiRoot.hostname;
  if (!config.proxy) {
    const isSet = lookUp("HTTPS_PROXY", readEnvFile(paths.env), env) !== undefined;
    const words = isSet ? `Not used for ${host}, as NO_PROXY says.` : "None is set.";
    return [{ name: NAME, state: "pass", words }];
  }
  if (config.apiRoot.protocol === "http:") {
    return [{ name: NAME, state: "pass", words: "Not used: TELEGRAM_API_ROOT is an http address." }];
  }
  const found = await probe;
  if (found?.reached) {
    return [{ name: NAME, state: "pass", words: `${config.proxy.host} leads to ${host}.` }];
  }
  return [
    {
      name: NAME,
      state: "fail",
      words: `${host} is not reached through ${config.proxy.host}: ${found?.reason}.`,
      fix: /status 407/.test(found?.reason ?? "")
        ? "It wants a login: HTTPS_PROXY=http://name:password@host:port"
        : `Correct HTTPS_PROXY, or name ${host} in the environment variable NO_PROXY if it can be reached directly.`,
    },
  ];
}
