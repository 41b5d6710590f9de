import { Refusal, type Update } from "./wire.ts";

export type UpdateKind = Exclude<keyof Update, "update_id">;
export type Pushed<K extends UpdateKind> = Update & { [kind in K]: NonNullable<Update[kind]> };

/** Every kind that Telegram knows, so that a misspelt one shows. */
const KINDS = `message edited_message channel_post edited_channel_post business_connection business_message
  edited_business_message deleted_business_messages message_reaction message_reaction_count inline_query
  chosen_inline_result callback_query shipping_query pre_checkout_query purchased_paid_media poll poll_answer
  my_chat_member chat_member chat_join_request chat_boost removed_chat_boost managed_bot`.split(/\s+/);
const ON_REQUEST = ["chat_member", "message_reaction", "message_reaction_count"];
const BY_DEFAULT = KINDS.filter((kind) => !ON_REQUEST.includes(kind));

const MAX_POLL_SECONDS = 50;
const KEEP_MS = 24 * 3600 * 1000;
// Beyond this many ids ahead the server takes an offset for nonsense and starts at the head, confirming nothing.
const TOO_FAR_AHEAD = 10;

export interface Asked {
  offset: number;
  limit: number | undefined;
  timeout: number;
  allowed: unknown;
  /** Aborts when the client is gone. */
  gone: AbortSignal;
}

/** What an answer to a poll may do, although it should not. Nothing gets lost by it. */
export type Disorder =
  | "repeat" // what was confirmed last comes once more, and everything else twice
  | "reverse"; // the newest comes first

const MOST_REPEATED = 5;

/** The updates of one bot that it has not confirmed yet, and the one poll that may wait for more. */
export class UpdateQueue {
  webhook = "";
  readonly #timeScale: number;
  readonly #violation: (what: string) => void;
  #pending: { update: Update; until: number }[] = [];
  #nextId = 100_000_000 + Math.floor(Math.random() * 1e8);
  #allowed: readonly string[] = BY_DEFAULT;
  #confirmed: readonly Update[] = [];
  #disorders: Disorder[] = [];
  #waiting: { wake(): void; lose(refusal: Refusal): void } | undefined;

  /** `timeScale`: real seconds that a second of polling or of keeping an update takes. */
  constructor(timeScale: number, violation: (what: string) => void) {
    this.#timeScale = timeScale;
    this.#violation = violation;
  }

  /** Queues an update, unless the bot has not asked for its kind: then it is lost, as in real life. */
  push<K extends UpdateKind>(kind: K, content: NonNullable<Update[K]>): Pushed<K> {
    const update: Pushed<K> = {
      update_id: this.#nextId++,
      ...({ [kind]: content } as { [kind in K]: NonNullable<Update[K]> }),
    };
    if (!this.#allowed.includes(kind)) return update;
    this.#pending.push({ update, until: performance.now() + KEEP_MS * this.#timeScale });
    // What is said in one breath comes in one answer.
    setImmediate(() => this.#waiting?.wake());
    return update;
  }

  get pending(): readonly Update[] {
    const now = performance.now();
    this.#pending = this.#pending.filter((entry) => entry.until > now);
    return this.#pending.map((entry) => entry.update);
  }

  forget(forgotten: Update): void {
    this.#pending = this.#pending.filter(({ update }) => update !== forgotten);
  }

  forgetAll(): void {
    this.#pending = [];
  }

  /** A quiet week: nothing is left waiting, and ids go on from anywhere. */
  restartIds(next: number): void {
    this.forgetAll();
    this.#nextId = next;
  }

  setWebhook(url: string): void {
    this.webhook = url;
    if (url !== "") this.#waiting?.lose(conflict("terminated by setWebhook request"));
  }

  /** https://core.telegram.org/bots/api#getupdates */
  async poll(asked: Asked): Promise<readonly Update[]> {
    if (this.webhook !== "") {
      throw conflict(
        "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
      );
    }
    this.#allow(asked.allowed);
    this.#waiting?.lose(
      conflict("terminated by other getUpdates request; make sure that only one bot instance is running"),
    );
    this.#confirm(asked.offset);
    const limit = Math.min(100, Math.max(1, asked.limit ?? 100));
    const seconds = Math.min(MAX_POLL_SECONDS, Math.max(0, asked.timeout));
    if (this.pending.length === 0 && seconds > 0) {
      await this.#wait(seconds * 1000, asked.gone);
      this.#confirm(Math.max(0, asked.offset));
    }
    return this.#disarranged(this.pending.slice(0, limit)).slice(0, limit);
  }

  disorder(kind: Disorder): void {
    this.#disorders.push(kind);
  }

  #disarranged(updates: readonly Update[]): readonly Update[] {
    if (updates.length === 0) return updates;
    switch (this.#disorders.shift()) {
      case "repeat":
        return [...this.#confirmed, ...updates, ...updates];
      case "reverse":
        return updates.toReversed();
      case undefined:
        return updates;
    }
  }

  #allow(asked: unknown): void {
    if (!Array.isArray(asked)) return;
    for (const kind of asked) if (!KINDS.includes(kind)) this.#violation(`no update is of kind ${kind}`);
    this.#allowed = asked.length === 0 ? BY_DEFAULT : asked.map(String);
  }

  #confirm(offset: number): void {
    if (offset > this.#nextId + TOO_FAR_AHEAD) return;
    if (offset > 0) {
      const isConfirmed = ({ update_id }: Update) => update_id < offset;
      const confirmed = this.pending.filter(isConfirmed);
      this.#confirmed = [...this.#confirmed, ...confirmed].slice(-MOST_REPEATED);
      this.#pending = this.#pending.filter(({ update }) => !isConfirmed(update));
    }
    if (offset >= 0) return;
    this.#violation(`getUpdates with offset ${offset} throws away what was sent while the bot was down`);
    this.#pending = this.#pending.slice(offset);
  }

  #wait(ms: number, gone: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        if (this.#waiting === waiter) this.#waiting = undefined;
        clearTimeout(timer);
        gone.removeEventListener("abort", waiter.wake);
        settle();
      };
      const waiter = { wake: () => end(resolve), lose: (refusal: Refusal) => end(() => reject(refusal)) };
      const timer = setTimeout(waiter.wake, ms * this.#timeScale);
      gone.addEventListener("abort", waiter.wake);
      this.#waiting = waiter;
    });
  }
}

function conflict(why: string): Refusal {
  return new Refusal(409, `Conflict: ${why}`);
}
