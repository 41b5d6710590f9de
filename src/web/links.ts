import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** How long a link works. */
export const LINK_MS = 30_000;
/** Both ends are one machine, but its clock may be set in between. */
const SKEW_MS = 5_000;

/**
 * A link that works once, for whoever can read the key: made without asking the bridge for it.
 * @param now milliseconds since the epoch.
 */
export function makeLink(key: Buffer, now: number): string {
  const content = `${(now + LINK_MS).toString(36)}.${randomBytes(16).toString("base64url")}`;
  return `${content}.${sign(key, content).toString("base64url")}`;
}

/** Takes links that were made with a key, each once. */
export class Links {
  readonly #key: Buffer;
  /** Those that were taken, by when they end. */
  readonly #taken = new Map<string, number>();

  constructor(key: Buffer) {
    this.#key = key;
  }

  /** @returns whether it lets somebody in. @param now milliseconds since the epoch. */
  take(link: string, now: number): boolean {
    const [, content = "", expiry = "", signature = ""] =
      /^(([a-z0-9]{1,10})\.[\w-]{22})\.([\w-]{43})$/.exec(link) ?? [];
    const expected = sign(this.#key, content);
    const given = Buffer.from(signature, "base64url");
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false;
    const end = Number.parseInt(expiry, 36);
    if (end <= now || end > now + LINK_MS + SKEW_MS || this.#taken.has(content)) return false;
    for (const [old, its] of this.#taken) if (its <= now) this.#taken.delete(old);
    this.#taken.set(content, end);
    return true;
  }
}

function sign(key: Buffer, content: string): Buffer {
  return createHmac("sha256", key).update(content).digest();
}
