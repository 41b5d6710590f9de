import { type Chat, Refusal } from "./wire.ts";

/** The limits of https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this. */
export interface RateLimit {
  /** Sends and edits of one chat together; short bursts pass. */
  perSecond: number;
  burst: number;
  groupPerMinute: number;
  overallPerSecond: number;
  /** What a breach costs at least, and what every call during it adds. */
  penaltySeconds: number;
  /** How long the server holds a call back in silence rather than refuse it: up to 8 in real life. */
  absorbSeconds: number;
  /** Real seconds that a second of the above takes. */
  timeScale: number;
  /** Real seconds that a second of `retry_after` takes, for a client whose clock does not go at the common speed. */
  toldScale: number;
}

const LIFELIKE: RateLimit = {
  perSecond: 1,
  burst: 5,
  groupPerMinute: 20,
  overallPerSecond: 30,
  penaltySeconds: 3,
  absorbSeconds: 0,
  timeScale: 1,
  toldScale: 1,
};

// A client's timer may fire a little early; it waited all the same.
const TIMER_GRACE_MS = 5;

/** A token bucket for each chat and one for all, and the deadline of each chat that went over. */
export class Limits {
  /** Calls made while the chat had been told to wait. */
  hammering = 0;
  /** Calls refused because they were over the limit. */
  breaches = 0;
  readonly #rules: RateLimit | undefined;
  readonly #buckets = new Map<string, Bucket>();
  readonly #deadlines = new Map<number, number>();

  constructor(rules: Partial<RateLimit> | "off") {
    this.#rules = rules === "off" ? undefined : { ...LIFELIKE, ...rules };
  }

  /**
   * Lets one call in and returns for how long to hold it back, in ms.
   * @throws Refusal (429) when it is over the limit or comes before the deadline.
   */
  enter(chat: Chat, messages: number): number {
    const penalty = ((this.#rules?.penaltySeconds ?? 0) * this.#scale) / 1000;
    const remaining = ((this.#deadlines.get(chat.id) ?? 0) - performance.now()) / 1000;
    if (remaining > 0) {
      this.hammering++;
      throw this.refuse(chat.id, (remaining + penalty) / this.#toldScale);
    }
    const buckets = this.#bucketsOf(chat);
    const wait = Math.max(0, ...buckets.map((bucket) => bucket.wait()));
    if (wait > (this.#rules?.absorbSeconds ?? 0) * this.#scale) {
      this.breaches++;
      throw this.refuse(chat.id, Math.max(wait / 1000, penalty) / this.#toldScale);
    }
    for (const bucket of buckets) bucket.take(messages);
    return wait;
  }

  /** Sets the chat's deadline and makes the refusal that tells it. `seconds` as the client counts them. */
  refuse(chatId: number, seconds: number): Refusal {
    const told = Math.max(1, Math.ceil(seconds));
    this.#deadlines.set(chatId, performance.now() + told * 1000 * this.#toldScale - TIMER_GRACE_MS);
    return new Refusal(429, `Too Many Requests: retry after ${told}`, { retry_after: told });
  }

  get #toldScale(): number {
    return this.#rules?.toldScale ?? 1;
  }

  get #scale(): number {
    return (this.#rules?.timeScale ?? 1) * 1000;
  }

  #bucketsOf(chat: Chat): Bucket[] {
    const rules = this.#rules;
    if (rules === undefined) return [];
    const found = [
      this.#bucket("all", rules.overallPerSecond, rules.overallPerSecond),
      this.#bucket(`chat ${chat.id}`, rules.burst, rules.perSecond),
    ];
    if (chat.type === "private") return found;
    return [...found, this.#bucket(`group ${chat.id}`, rules.groupPerMinute, rules.groupPerMinute / 60)];
  }

  #bucket(name: string, size: number, perSecond: number): Bucket {
    const found = this.#buckets.get(name) ?? new Bucket(size, perSecond / this.#scale);
    this.#buckets.set(name, found);
    return found;
  }
}

class Bucket {
  readonly #size: number;
  readonly #perMs: number;
  #tokens: number;
  #at = performance.now();

  constructor(size: number, perMs: number) {
    this.#size = size;
    this.#perMs = perMs;
    this.#tokens = size;
  }

  /** Milliseconds until there is a token. */
  wait(): number {
    const now = performance.now();
    this.#tokens = Math.min(this.#size, this.#tokens + (now - this.#at) * this.#perMs);
    this.#at = now;
    return Math.max(0, (1 - this.#tokens) / this.#perMs);
  }

  take(count: number): void {
    this.#tokens -= count;
  }
}
