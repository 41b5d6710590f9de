import { chmodSync, existsSync, lstatSync, mkdirSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

/**
 * Where this user's locks and sockets are: in a folder that is empty again after the machine has restarted, where there is
 * one.
 */
export function runtimeFolder({ XDG_RUNTIME_DIR }: NodeJS.ProcessEnv): string {
  const { uid, username } = userInfo();
  // Systems without users give -1.
  const name = uid < 0 ? username : String(uid);
  // Also without the variable, as in a cron job: both must come to the same place.
  const own = [XDG_RUNTIME_DIR, `/run/user/${name}`].find((path) => path && existsSync(path));
  return own ? join(own, "nanogent") : join(tmpdir(), `nanogent-${name}`);
}

/** Makes the folder where it is not there. False when it is not this user's alone. */
export function isOwnFolder(folder: string): boolean {
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
