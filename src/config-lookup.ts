import type { ConfigKey } from "./config-keys.ts";
import type { EnvFile } from "./env-file.ts";

/** Where the value of a key comes from; undefined when it is not set, or empty. */
export function lookUp(
  key: ConfigKey,
  file: EnvFile,
  environment: NodeJS.ProcessEnv,
): { value: string; where: string } | undefined {
  // curl and most other programs know the proxy in lower case only, so both spellings are in use.
  const names = key === "HTTPS_PROXY" ? [key, key.toLowerCase()] : [key];
  for (const name of names) {
    const value = environment[name]?.trim();
    if (value) return { value, where: "the environment" };
  }
  const entry = file.entries.get(key);
  return entry && entry.value !== "" ? { value: entry.value, where: `.env line ${entry.line}` } : undefined;
}
