import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { Roles, Visitor, WebRole } from "./roles.ts";

/** A visitor who is let in. */
export interface Grant {
  readonly visitor: Visitor;
  /** What he may do now; undefined when he may not be here any more. Asking keeps the token alive. */
  use(): WebRole | undefined;
}

interface Entry {
  readonly hash: Buffer;
  readonly visitor: Visitor;
  expiresAt: number;
  ended: boolean;
}

export const TOKEN_MS = 60 * 60_000;
/** Of one user; a further one ends the oldest. */
const MOST_PER_USER = 16;
const MOST = 256;

/** The tokens that visitors show with each request. They are kept as hashes, and in memory alone. */
export class Tokens {
  #entries: Entry[] = [];
  readonly #clock: Clock;
  readonly #roles: Roles;

  constructor(clock: Clock, roles: Roles) {
    this.#clock = clock;
    this.#roles = roles;
  }

  get count(): number {
    return this.#entries.length;
  }

  /** @returns a new token and when it ends unless it is used, in milliseconds since the epoch. */
  issue(visitor: Visitor): { readonly token: string; readonly expiresAt: number } {
    const token = randomBytes(32).toString("base64url");
    const same = this.#entries.filter((entry) => entry.visitor.userId === visitor.userId);
    if (same.length >= MOST_PER_USER) this.#end(same[0]);
    if (this.#entries.length >= MOST) this.#end(this.#entries[0]);
    this.#entries.push({ hash: hashOf(token), visitor, expiresAt: this.#inAnHour(), ended: false });
    return { token, expiresAt: this.#clock.now() + TOKEN_MS };
  }

  /** @returns undefined for a token that is not known, has ended, or whose user may not be here any more. */
  find(token: string): Grant | undefined {
    const hash = hashOf(token);
    let found: Entry | undefined;
    // All of them, so that the time tells nothing.
    for (const entry of this.#entries) if (timingSafeEqual(entry.hash, hash)) found = entry;
    if (!found) return undefined;
    const entry = found;
    const grant = { visitor: entry.visitor, use: () => this.#use(entry) };
    return grant.use() && grant;
  }

  /** Ends what is over, also of those who were removed from the list: adding them again must not bring it back. */
  sweep(): void {
    for (const entry of [...this.#entries]) {
      if (entry.expiresAt <= this.#clock.monotonic() || !this.#roles(entry.visitor)) this.#end(entry);
    }
  }

  #use(entry: Entry): WebRole | undefined {
    const role = this.#roles(entry.visitor);
    if (entry.ended || !role || entry.expiresAt <= this.#clock.monotonic()) {
      this.#end(entry);
      return undefined;
    }
    entry.expiresAt = this.#inAnHour();
    return role;
  }

  #inAnHour(): number {
    return this.#clock.monotonic() + TOKEN_MS;
  }

  #end(entry: Entry | undefined): void {
    if (!entry) return;
    entry.ended = true;
    this.#entries = this.#entries.filter((other) => other !== entry);
  }
}

function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
