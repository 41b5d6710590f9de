import { chmodSync, existsSync, lstatSync, mkdirSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import type { Config } from "./config.ts";
import { type Lock, LockedError, takeLock } from "./lock.ts";

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
  if (!isOwn(runtime)) return undefined;
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
        if (isOwn(runtime)) lock.renew();
      },
      release: lock.release,
    };
  } catch (error) {
    if (error instanceof LockedError) throw error;
    return undefined;
  }
}

/** Where this user's locks are: in a folder that is empty again after the machine has restarted, where there is one. */
function runtimeFolder({ XDG_RUNTIME_DIR }: NodeJS.ProcessEnv): string {
  const { uid, username } = userInfo();
  // Systems without users give -1.
  const name = uid < 0 ? username : String(uid);
  // Also without the variable, as in a cron job: both must come to the same place.
  const own = [XDG_RUNTIME_DIR, `/run/user/${name}`].find((path) => path && existsSync(path));
  return own ? join(own, "nanogent") : join(tmpdir(), `nanogent-${name}`);
}

/** Makes the folder where it is not there. False when it is not this user's alone. */
function isOwn(folder: string): boolean {
  const { uid } = userInfo();
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const found = lstatSync(folder);
    // In a folder that everybody may write to, somebody else may have been first.
    if (!found.isDirectory() || (uid >= 0 && found.uid !== uid)) return false;
    chmodSync(folder, 0o700);
    return true;
  } catch {
    return false;
  }
}
