import type { Store } from "../store.ts";
import { plain } from "../text/entities.ts";
import type { MessageRef, Messenger, Place } from "./messenger.ts";
import { reply } from "./reply.ts";

const ERASED = "Your message with its value is out of this chat.";
const REFUSED = "I could not take your message away: delete it yourself.";

/** Takes messages out of their chats that show what nobody is to see, also when the bridge goes down meanwhile. */
export class Erasures {
  readonly #store: Store;
  readonly #messenger: Messenger;

  constructor(store: Store, messenger: Messenger) {
    this.#store = store;
    this.#messenger = messenger;
  }

  /** @param secret Whose value it shows, once that is stored: the next life says so if this one cannot. */
  erase(place: Place, messageId: number, secret?: string): void {
    const message = { chatId: place.chatId, messageId };
    if (this.#store.erasure(message)) return;
    this.#store.note({ k: "erase", ...message, ...(secret === undefined ? {} : { secret }) });
    void this.#remove(message, place);
  }

  /** Whether an earlier life has stored the value that this message shows, and did not live to see it erased. */
  isStored({ chatId }: Place, messageId: number, secret: string): boolean {
    return this.#store.erasure({ chatId, messageId })?.secret === secret;
  }

  /** Goes on with what an earlier life has left. */
  resume(): void {
    for (const { secret, ...message } of this.#store.erasures) {
      const place = { chatId: message.chatId };
      void this.#remove(message, place, secret);
    }
  }

  /** @param confirmed A secret of which nobody knows whether the chat was told that it is stored. */
  async #remove(message: MessageRef, place: Place, confirmed?: string): Promise<void> {
    const result = await this.#messenger.remove(message, { urgent: true });
    // The next life tries again.
    if (result === "dropped") return;
    this.#store.note({ k: "erased", ...message });
    const stored = confirmed === undefined ? [] : [`🔑 ${confirmed} is stored.`];
    const words = [...stored, ...(result === "refused" ? [REFUSED] : stored.length > 0 ? [ERASED] : [])];
    if (words.length > 0) reply(this.#messenger, place, { text: plain(words.join(" ")) });
  }
}
