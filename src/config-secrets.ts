import { lookUp } from "./config-lookup.ts";
import type { EnvFile } from "./env-file.ts";
import { isSecretName, secretsIn } from "./secrets.ts";

/** What must never be shown: the keys that are secrets, and whatever else has a name like a secret's. */
export function secretValues(file: EnvFile, environment: NodeJS.ProcessEnv): string[] {
  const token = lookUp("TELEGRAM_BOT_TOKEN", file, environment)?.value ?? "";
  // The half behind the colon is the secret one, and may turn up alone.
  const tokenSecret = token.split(":")[1] ?? "";
  const inFile = [...file.entries]
    .filter(([key]) => isSecretName(key))
    // A key of several lines turns up line by line.
    .flatMap(([, { value }]) => [value, ...value.split("\n")]);
  const proxy = lookUp("HTTPS_PROXY", file, environment)?.value ?? "";
  const password = URL.canParse(proxy) ? new URL(proxy).password : "";
  return [...inFile, ...secretsIn(environment), token, tokenSecret, password].filter((value) => value !== "");
}
