import { randomBytes } from "node:crypto";
import type { Clock } from "../../clock.ts";
import type { Job } from "../../jobs/job.ts";
import { clockWords } from "../../schedules/words.ts";
import type { Store } from "../../store.ts";
import { concat, plain, type RichText, styled } from "../../text/entities.ts";
import { split } from "../../text/split.ts";
import type { Keyboard, MessageRef, Messenger } from "../messenger.ts";
import type { Card } from "./card.ts";

/** A question that takes more messages than this is sent as a file too, and only its beginning as messages. */
const MOST_PARTS = 3;

const REMINDER = plain("⏰ This still waits for your answer.");

export interface ShownCardOptions {
  readonly messenger: Messenger;
  readonly store: Store;
  readonly clock: Clock;
  readonly remindMs: () => number | undefined;
}

/** The messages of one question, from the first showing to the verdict. */
export class ShownCard {
  /** Names it in its buttons. */
  readonly key = randomBytes(6).toString("hex");
  readonly #card: Pick<Card<unknown>, "buttons">;
  readonly #job: Job;
  readonly #options: ShownCardOptions;
  readonly #last: RichText;
  readonly #message: Promise<MessageRef | undefined>;
  #reminder: Promise<MessageRef | undefined> | undefined;
  #cancelReminder = (): void => {};
  #closed = false;

  constructor(card: Card<unknown>, job: Job, options: ShownCardOptions) {
    this.#card = card;
    this.#job = job;
    this.#options = options;
    const { messenger, store, clock } = options;
    const all = split(card.text, messenger.limits);
    const parts = all.length > MOST_PARTS ? this.#inFile(card, all) : all;
    this.#last = parts.at(-1) ?? card.text;
    for (const text of parts.slice(0, -1)) void messenger.send(job.place, { text }, { important: true });
    this.#message = messenger.send(job.place, () => ({ text: this.#last, buttons: this.#keyboard() }), {
      important: true,
    });
    // Whoever takes over after a crash has to say that it is void.
    void this.#message.then((message) => {
      if (message) store.note({ k: "asked", id: job.id, message, text: this.#last });
    });
    const remindMs = options.remindMs();
    if (remindMs !== undefined) this.#cancelReminder = clock.after(remindMs, () => void this.#remind());
  }

  /** Shows the buttons as they are now. */
  redraw(): void {
    const show = (message: MessageRef | undefined, text: RichText): void => {
      if (!message) return;
      const content = () => ({ text, buttons: this.#keyboard() });
      void this.#options.messenger.edit(message, content, { final: true });
    };
    void this.#message.then((message) => show(message, this.#last));
    void this.#reminder?.then((message) => !this.#closed && show(message, REMINDER));
  }

  /** Nobody is asked any longer: says what was decided, and by whom. */
  close(verdict: string): void {
    const { messenger, clock, store } = this.#options;
    this.#closed = true;
    this.#cancelReminder();
    const at = clockWords(clock.now());
    void this.#reminder?.then((message) => message && messenger.remove(message));
    void this.#message.then((message) => {
      if (!message) return;
      store.note({ k: "decided", id: this.#job.id, message });
      const content = withVerdict(this.#last, `${verdict}, ${at}`, messenger);
      void messenger.edit(message, () => ({ text: content }), { final: true });
    });
  }

  async #remind(): Promise<void> {
    const { messenger } = this.#options;
    const message = await this.#message;
    if (this.#closed) return;
    this.#reminder = messenger.send(this.#job.place, () => ({ text: REMINDER, buttons: this.#keyboard() }), {
      important: true,
      ...(message ? { replyTo: message.messageId } : {}),
    });
  }

  /** All of it as a file, and its beginning. Where the file does not arrive, all of it as messages. */
  #inFile({ fileName, text }: Card<unknown>, parts: readonly RichText[]): RichText[] {
    const { messenger } = this.#options;
    const { place } = this.#job;
    const bytes = Buffer.from(text.text);
    void messenger.sendFile(place, { name: fileName, bytes }, { important: true }).then((sent) => {
      if (!sent) for (const part of parts) void messenger.send(place, { text: part }, { important: true });
    });
    const [first] = parts;
    return [...(first ? [first] : []), styled("italic", `… (all of it is in ${fileName})`)];
  }

  #keyboard(): Keyboard {
    const row = (each: readonly { text: string; choice: string }[]) =>
      each.map(({ text, choice }) => ({ text, data: `ask:${this.key}:${choice}` }));
    return this.#card.buttons().map(row);
  }
}

/** A question with what became of it below. */
export function withVerdict(text: RichText, verdict: string, { limits }: Messenger): RichText {
  const whole = concat(text, "\n\n", styled("italic", verdict));
  // The verdict may be the one line too many; then it is what counts.
  return split(whole, limits).length === 1 ? whole : plain(verdict);
}
