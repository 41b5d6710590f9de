import { randomBytes } from "node:crypto";
import { linkSync, lstatSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, relative } from "node:path";
import { BackendError } from "../pty.ts";

/**
 * The key of the vault, which is made at the first use: in a file of the user's own configuration, readable by its owner
 * only. It is never in the project, so that whoever gets hold of the project's files has no key to its vault.
 * @param project The project's folder, absolute.
 * @returns 32 bytes. @throws BackendError when the file is not as nanogent makes it, or would be in the project.
 */
export function vaultKeyOfUser(project: string, env: NodeJS.ProcessEnv): Buffer {
  const folder = join(env.XDG_CONFIG_HOME || join(env.HOME || homedir(), ".config"), "nanogent");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const way = relative(realpathSync(project), realpathSync(folder));
  if (way !== ".." && !way.startsWith("../")) {
    throw new BackendError(
      "The key of the vault would be in the project.",
      "Set NANOGENT_VAULT_KEY in the environment of the bridge (openssl rand -hex 32).",
    );
  }
  const path = join(folder, "vault-key");
  return readKey(path) ?? makeKey(path);
}

/** @param hex `NANOGENT_VAULT_KEY`, which was checked. */
export function vaultKeyOf(hex: string): Buffer {
  return Buffer.from(hex, "hex");
}

function readKey(path: string): Buffer | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return undefined;
  const isOwn =
    process.getuid === undefined || (found.uid === process.getuid() && (found.mode & 0o077) === 0);
  const text = found.isFile() && isOwn ? readFileSync(path, "utf8").trim() : "";
  if (/^[0-9a-f]{64}$/.test(text)) return vaultKeyOf(text);
  throw new BackendError(
    `${path} is not as nanogent makes it.`,
    "It must be a plain file of yours that nobody else may read (chmod 600), with 64 hexadecimal digits.",
  );
}

/** Whole or not at all: two bridges of the same user may make it at the same time. */
function makeKey(path: string): Buffer {
  const own = `${path}.${process.pid}-${Date.now().toString(36)}.tmp`;
  writeFileSync(own, `${randomBytes(32).toString("hex")}\n`, { mode: 0o600, flag: "wx", flush: true });
  try {
    linkSync(own, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(own, { force: true });
  }
  const key = readKey(path);
  if (key) return key;
  throw new BackendError(`${path} went away while it was made.`);
}
