/** The answers on their way into the chats. In one chat the next comes after the one before. */
export class Deliveries {
  /** By chat, the last one on its way. */
  readonly #last = new Map<number, Promise<void>>();

  /** Resolves when the answers for this chat so far are there. Never rejects. */
  before(chatId: number): Promise<void> {
    return this.#last.get(chatId) ?? Promise.resolve();
  }

  /** An answer is on its way into a chat. Must never reject. */
  add(chatId: number, delivery: Promise<void>): void {
    const all = Promise.all([this.before(chatId), delivery]).then(() => {
      if (this.#last.get(chatId) === all) this.#last.delete(chatId);
    });
    this.#last.set(chatId, all);
  }

  /** Resolves when all answers so far are in their chats. */
  async settled(): Promise<void> {
    while (this.#last.size > 0) await Promise.all(this.#last.values());
  }
}
