import { chmodSync, existsSync, lstatSync, mkdirSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import type { Config } from "./config.ts";
import { LockedError, takeLock } from "./lock.ts";

/**
 * Takes the bot for this process, among all bridges of this user: two that read the messages of one bot would take
 * them away from each other.
 * @returns a function that gives it back; undefined when there is no folder that could hold such a lock.
 * @throws LockedError while the bridge of another project holds it.
 */
export function lockBot(
  { token, apiRoot, folder }: Pick<Config, "token" | "apiRoot" | "folder">,
  env: NodeJS.ProcessEnv,
): (() => void) | undefined {
  const runtime = runtimeFolder(env);
  if (runtime === undefined) return undefined;
  // The half before the colon is the bot's id: no secret, and the same when the token is renewed.
  const [id = ""] = token.split(":");
  const server = apiRoot.host.replace(/[^\w.-]/g, "_");
  try {
    return takeLock(
      join(runtime, `bot-${id}@${server}.lock`),
      folder,
      (holder) =>
        `This bot is answered already by nanogent in ${holder.folder} (pid ${holder.pid}). Each project needs a bot of its own: ask @BotFather for another one (/newbot), or stop that bridge first: kill ${holder.pid}.`,
    ).release;
  } catch (error) {
    if (error instanceof LockedError) throw error;
    return undefined;
  }
}

/** A folder of this user alone that is empty again after the machine has restarted; undefined when there is none. */
function runtimeFolder({ XDG_RUNTIME_DIR }: NodeJS.ProcessEnv): string | undefined {
  const { uid, username } = userInfo();
  // Systems without users give -1.
  const name = uid < 0 ? username : String(uid);
  // Also without the variable, as in a cron job: both must come to the same place.
  const own = [XDG_RUNTIME_DIR, `/run/user/${name}`].find((path) => path && existsSync(path));
  const folder = own ? join(own, "nanogent") : join(tmpdir(), `nanogent-${name}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const found = lstatSync(folder);
    // In a folder that everybody may write to, somebody else may have been first.
    if (!found.isDirectory() || (uid >= 0 && found.uid !== uid)) return undefined;
    chmodSync(folder, 0o700);
    return folder;
  } catch {
    return undefined;
  }
}
