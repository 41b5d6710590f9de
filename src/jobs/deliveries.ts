import { conversationOf, type Place } from "../chat/messenger.ts";

/** The answers on their way into the chats. In one conversation the next comes after the one before. */
export class Deliveries {
  /** By conversation, the last one on its way. */
  readonly #last = new Map<string, Promise<void>>();

  /** Resolves when the answers for this place so far are there. Never rejects. */
  before(place: Place): Promise<void> {
    return this.#last.get(conversationOf(place)) ?? Promise.resolve();
  }

  /** Resolves when the answers for all places of a chat so far are there. Never rejects. */
  async inChat(chatId: number): Promise<void> {
    const isHere = (key: string): boolean => key === String(chatId) || key.startsWith(`${chatId}/`);
    await Promise.all([...this.#last].flatMap(([key, last]) => (isHere(key) ? [last] : [])));
  }

  /** An answer is on its way. Must never reject. */
  add(place: Place, delivery: Promise<void>): void {
    const key = conversationOf(place);
    const all = Promise.all([this.before(place), delivery]).then(() => {
      if (this.#last.get(key) === all) this.#last.delete(key);
    });
    this.#last.set(key, all);
  }

  /** Resolves when all answers so far are in their chats. */
  async settled(): Promise<void> {
    while (this.#last.size > 0) await Promise.all(this.#last.values());
  }
}
