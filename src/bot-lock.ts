import { join } from "node:path";
import type { Config } from "./config.ts";
import { type Lock, LockedError, takeLock } from "./lock.ts";
import { isOwnFolder, runtimeFolder } from "./runtime-folder.ts";

/**
 * Takes the bot for this process, among all bridges of this user: two that read the messages of one bot would take
 * them away from each other.
 * @returns the lock; undefined when there is no folder that could hold one.
 * @throws LockedError while the bridge of another project holds it.
 */
export function lockBot(
  { token, apiRoot, folder }: Pick<Config, "token" | "apiRoot" | "folder">,
  env: NodeJS.ProcessEnv,
): Lock | undefined {
  const runtime = runtimeFolder(env);
  if (!isOwnFolder(runtime)) return undefined;
  // The half before the colon is the bot's id: no secret, and the same when the token is renewed.
  const [id = ""] = token.split(":");
  const server = apiRoot.host.replace(/[^\w.-]/g, "_");
  try {
    const lock = takeLock(
      join(runtime, `bot-${id}@${server}.lock`),
      folder,
      (holder) =>
        `This bot is answered already by nanogent in ${holder.folder} (pid ${holder.pid}). Each project needs a bot of its own: ask @BotFather for another one (/newbot), or stop that bridge first: kill ${holder.pid}.`,
    );
    return {
      renew() {
        // What cleans up the runtime folder may have taken it away with the lock.
        if (isOwnFolder(runtime)) lock.renew();
      },
      release: lock.release,
    };
  } catch (error) {
    if (error instanceof LockedError) throw error;
    return undefined;
  }
}
