import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { writeFilePrivately } from "../../env-file.ts";
import { BackendError } from "../pty.ts";
import { vaultKeyOf, vaultKeyOfUser } from "./vault-key.ts";

/** Private keys for SSH that were given in the chat, encrypted. */
export interface KeyVault {
  names(): readonly string[];
  /** @returns the key as it was given. @throws BackendError when there is none of this name, or the vault's own key is another one. */
  get(name: string): string;
  /** @throws BackendError, or the file system's error; then nothing has changed. */
  set(name: string, privateKey: string): void;
  /** False when there is none of this name. @throws the file system's error. */
  remove(name: string): boolean;
}

export interface KeyVaultOptions {
  /** `.nanogent/ssh-keys.json`. */
  readonly path: string;
  /** The project's folder, absolute. */
  readonly folder: string;
  /** `NANOGENT_VAULT_KEY`: 64 hexadecimal digits. Undefined: a file of the user. */
  readonly vaultKey: string | undefined;
  /** Tells where the user's configuration is. */
  readonly env: NodeJS.ProcessEnv;
}

/** AES-256-GCM, all in base64. */
interface Sealed {
  readonly iv: string;
  readonly tag: string;
  readonly data: string;
}

const ALGORITHM = "aes-256-gcm";
/** What NIST SP 800-38D recommends. */
const IV_BYTES = 12;

/** The vault's own key is looked for when it is needed first. */
export function openKeyVault({ path, folder, vaultKey, env }: KeyVaultOptions): KeyVault {
  const key = () => (vaultKey === undefined ? vaultKeyOfUser(folder, env) : vaultKeyOf(vaultKey));
  const write = (all: ReadonlyMap<string, Sealed>) =>
    writeFilePrivately(path, `${JSON.stringify(Object.fromEntries(all), null, 2)}\n`);
  return {
    names: () => [...read(path).keys()].toSorted(),
    get(name) {
      const sealed = read(path).get(name);
      if (!sealed) throw new BackendError(`There is no key for ${name}.`, `/ssh key ${name} asks for it.`);
      return unseal(sealed, name, key());
    },
    set(name, privateKey) {
      write(read(path).set(name, seal(privateKey, name, key())));
    },
    remove(name) {
      const all = read(path);
      if (!all.delete(name)) return false;
      write(all);
      return true;
    },
  };
}

/** The name is sealed with it, so that nobody can hand a key to another machine by editing the file. */
function seal(text: string, name: string, key: Buffer): Sealed {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, iv).setAAD(Buffer.from(name));
  const data = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return {
    iv: iv.toString("base64"),
    tag: cipher.getAuthTag().toString("base64"),
    data: data.toString("base64"),
  };
}

function unseal({ iv, tag, data }: Sealed, name: string, key: Buffer): string {
  try {
    const decipher = createDecipheriv(ALGORITHM, key, Buffer.from(iv, "base64"), { authTagLength: 16 })
      .setAAD(Buffer.from(name))
      .setAuthTag(Buffer.from(tag, "base64"));
    return Buffer.concat([decipher.update(Buffer.from(data, "base64")), decipher.final()]).toString("utf8");
  } catch {
    throw new BackendError(
      `The key for ${name} cannot be read: the vault was locked with another key, or changed.`,
      `Set NANOGENT_VAULT_KEY as it was, or give the key again: /ssh key ${name}`,
    );
  }
}

function read(path: string): Map<string, Sealed> {
  try {
    return new Map(Object.entries(JSON.parse(readFileSync(path, "utf8")) as Record<string, Sealed>));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return new Map();
    // Writing would lose what is in it. Not the error's own message: that of JSON.parse shows what is in the file.
    throw new BackendError(
      "The vault cannot be read.",
      `Look at ${path}, or move it away and give the keys again.`,
    );
  }
}
