import { conversationOf, type Place } from "../chat/messenger.ts";

/**
 * The answers on their way into the chats. In one conversation the next comes after the one before; what is said beside the
 * agent's turn waits only for what has the same name in `apart`, such as commands of a shell.
 */
export class Deliveries {
  /** By conversation, and by what is apart from it, the last one on its way. */
  readonly #last = new Map<string, Promise<void>>();

  /** Resolves when the answers for this place so far are there. Never rejects. */
  before(place: Place, apart = ""): Promise<void> {
    return this.#last.get(keyOf(place, apart)) ?? Promise.resolve();
  }

  /** Resolves when the answers for all places of a chat so far are there. Never rejects. */
  async inChat(chatId: number): Promise<void> {
    const isHere = (key: string): boolean => key.split(/[/!]/, 1)[0] === String(chatId);
    await Promise.all([...this.#last].flatMap(([key, last]) => (isHere(key) ? [last] : [])));
  }

  /** An answer is on its way. Must never reject. */
  add(place: Place, delivery: Promise<void>, apart = ""): void {
    const key = keyOf(place, apart);
    const all = Promise.all([this.before(place, apart), delivery]).then(() => {
      if (this.#last.get(key) === all) this.#last.delete(key);
    });
    this.#last.set(key, all);
  }

  /** Resolves when all answers so far are in their chats. */
  async settled(): Promise<void> {
    while (this.#last.size > 0) await Promise.all(this.#last.values());
  }
}

function keyOf(place: Place, apart: string): string {
  return conversationOf(place) + apart;
}
