import { createHash, createHmac } from "node:crypto";
import { appendFileSync, readFileSync } from "node:fs";
import { writeFilePrivately } from "../../env-file.ts";

/** What a file of known hosts says of a machine's key. */
export type Acquaintance =
  | { readonly kind: "known" | "unknown" }
  /** Another key of the same kind is noted there, or this one is revoked. */
  | { readonly kind: "changed"; readonly file: string; readonly line: number };

/** `SHA256:…`, as OpenSSH shows it. @param key As it is sent by the server (RFC 4253, section 6.6). */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}

/** `ssh-ed25519` and so on, which a key begins with. */
export function kindOf(key: Buffer): string {
  return key.subarray(4, 4 + key.readUInt32BE(0)).toString("latin1");
}

/**
 * Looks a key up, for a client that does not do that by itself.
 * @see https://man.openbsd.org/sshd.8#SSH_KNOWN_HOSTS_FILE_FORMAT
 */
export function lookUpHost(files: readonly string[], host: string, port: number, key: Buffer): Acquaintance {
  const name = knownName(host, port);
  const [kind, text] = [kindOf(key), key.toString("base64")];
  let answer: Acquaintance = { kind: "unknown" };
  for (const file of files) {
    for (const [index, line] of textOf(file).split(/\r?\n/).entries()) {
      const [, mark, names = "", itsKind, its] =
        /^\s*(?:(@\S+)\s+)?([^#\s]\S*)\s+(\S+)\s+(\S+)/.exec(line) ?? [];
      if (itsKind !== kind || mark === "@cert-authority" || !matches(names, name)) continue;
      const changed: Acquaintance = { kind: "changed", file, line: index + 1 };
      if (its === text && mark === "@revoked") return changed;
      if (its === text) answer = { kind: "known" };
      else if (answer.kind === "unknown" && mark === undefined) answer = changed;
    }
  }
  return answer;
}

/** Notes a key that was confirmed. @throws the file system's error. */
export function noteHost(file: string, host: string, port: number, key: Buffer): void {
  appendFileSync(file, `${knownName(host, port)} ${kindOf(key)} ${key.toString("base64")}\n`, {
    mode: 0o600,
  });
}

/** Forgets all keys of a machine. @throws the file system's error. */
export function forgetHost(file: string, host: string, port: number): void {
  const lines = textOf(file).split("\n");
  const name = knownName(host, port);
  const kept = lines.filter((line) => !matches(/^\s*([^#@\s]\S*)/.exec(line)?.[1] ?? "", name));
  if (kept.length < lines.length) writeFilePrivately(file, kept.join("\n"));
}

export function knownName(host: string, port: number): string {
  return port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
}

function matches(names: string, name: string): boolean {
  const [, salt, hash] = /^\|1\|([^|]+)\|([^|]+)$/.exec(names) ?? [];
  if (salt !== undefined)
    return createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64") === hash;
  const fits = (pattern: string) => patternOf(pattern).test(name);
  const all = names.toLowerCase().split(",");
  const excluded = all.some((each) => each.startsWith("!") && fits(each.slice(1)));
  return !excluded && all.some((each) => !each.startsWith("!") && fits(each));
}

function patternOf(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
