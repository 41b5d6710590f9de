import { badRequest, type CallbackQuery, type User } from "./wire.ts";
import type { Post, World } from "./world.ts";

/** How long a press can be delivered and answered. */
const LIFE_MS = 150 * 1000;

/** What a person saw after pressing a button. */
export interface Answer {
  readonly text: string;
  readonly showAlert: boolean;
}

/** The button presses that wait for their answerCallbackQuery. */
export class Presses {
  readonly #world: World;
  readonly #open = new Map<string, (answer?: Answer) => void>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Resolves with the bot's answer; with undefined when it did not come in time. */
  press(post: Post, data: string, from: User): Promise<Answer | undefined> {
    const id = String(Math.floor(Math.random() * 1e15));
    const { chat, message_id } = post.message;
    const query: CallbackQuery = {
      id,
      from,
      message: post.deleted ? { chat, message_id, date: 0 } : structuredClone(post.message),
      chat_instance: `instance-${chat.id}`,
      data,
    };
    return new Promise((resolve) => {
      const expire = () => {
        this.#open.delete(id);
        this.#world.updates.forget(update);
        resolve(undefined);
      };
      const timer = setTimeout(expire, LIFE_MS * this.#world.options.timeScale).unref();
      // A second answer is taken too, and shows nothing.
      this.#open.set(id, (answer) => {
        if (answer === undefined) clearTimeout(timer);
        resolve(answer);
      });
      const update = this.#world.updates.push("callback_query", query);
      this.#world.changed();
    });
  }

  answer(id: string, answer: Answer): void {
    const settle = this.#open.get(id);
    if (settle === undefined) {
      throw badRequest("query is too old and response timeout expired or query ID is invalid");
    }
    settle(answer);
  }

  close(): void {
    for (const settle of this.#open.values()) settle();
    this.#open.clear();
  }
}
