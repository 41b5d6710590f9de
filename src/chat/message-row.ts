import type { RichText } from "../text/entities.ts";
import type { Content, EditResult, Keyboard, MessageRef, Messenger, Place } from "./messenger.ts";

export interface MessageRowOptions {
  readonly messenger: Messenger;
  readonly place: Place;
  /** The prompt that the first message answers. */
  readonly replyTo?: number;
  /** Those of an earlier life. */
  readonly messages?: readonly MessageRef[];
  /** Called when other messages carry the answer than before. */
  readonly onChange: (messages: readonly MessageRef[]) => void;
}

/** An answer in the form in which it stays in the chat. */
export interface FinalAnswer {
  readonly parts: readonly RichText[];
  /** Under the last part. */
  readonly buttons?: Keyboard;
  /** What the phone is to ring for when the answer is there without a sound. */
  readonly notice?: string;
  /** Goes out first. Where it cannot, `instead` takes the place of the parts. */
  readonly file?: {
    readonly name: string;
    readonly bytes: Uint8Array;
    readonly instead: readonly RichText[];
  };
}

/**
 * `instead`: the file did not arrive and its substitute was sent. `undelivered`: something is missing in the chat.
 * `closed`: so it is because the chat takes nothing, and what would have come after it was not tried.
 */
export type Arrival = "arrived" | "instead" | "undelivered" | "closed";

/** The messages that carry one answer, in order. */
export class MessageRow {
  readonly #options: MessageRowOptions;
  #messages: MessageRef[];
  #rang = false;
  /** What each message shows for sure, and without buttons, so that it need not be edited again. */
  #shown: (RichText | undefined)[] = [];

  constructor(options: MessageRowOptions) {
    this.#options = options;
    this.#messages = [...(options.messages ?? [])];
  }

  get length(): number {
    return this.#messages.length;
  }

  /** Whether the end of the answer, or its file, came in a new message: an edit makes no sound. */
  get rang(): boolean {
    return this.#rang;
  }

  /**
   * Opens the next message, unless that is not `wanted` any more when it would leave. False when nobody knows whether
   * it arrived.
   */
  async open(render: () => Content, wanted: () => boolean): Promise<boolean> {
    const { messenger, place } = this.#options;
    const options = { provisional: true, wanted, silent: true, ...this.#reply(this.length) };
    const message = await messenger.send(place, render, options);
    if (message) this.#change([...this.#messages, message]);
    return message !== undefined;
  }

  /** Shows something in the last message that will soon be replaced. Forgets the message when it is gone. */
  async show(render: () => Content): Promise<EditResult> {
    const last = this.length - 1;
    const message = this.#messages[last];
    if (!message) return "gone";
    let content: Content | undefined;
    const result = await this.#options.messenger.edit(
      message,
      () => {
        content = render();
        return content;
      },
      { final: false },
    );
    this.#shown[last] = result === "ok" && content && !content.buttons ? content.text : undefined;
    if (result === "gone") this.#messages.splice(last);
    return result;
  }

  /**
   * Brings one message to its last content, in a new message when it is gone.
   * @param mustArrive Also in a new message when the edit is refused for another reason.
   * @param rings A new message makes a sound.
   * @returns whether it is there.
   */
  async settle(index: number, content: Content, mustArrive = false, rings = false): Promise<boolean> {
    const message = this.#messages[index];
    if (message && !content.buttons && same(this.#shown[index], content.text)) return true;
    const { messenger, place } = this.#options;
    const result = message ? await messenger.edit(message, () => content, { final: true }) : "gone";
    if (result === "ok") this.#shown[index] = content.buttons ? undefined : content.text;
    if (result === "ok" || (result === "dropped" && !mustArrive)) return result === "ok";
    const sent = await messenger.send(place, content, {
      important: true,
      silent: !rings,
      ...this.#reply(index),
    });
    this.#rang ||= rings && sent !== undefined;
    if (sent) this.#change(this.#messages.toSpliced(index, 1, sent));
    return sent !== undefined;
  }

  /** Brings the whole row to its last content. What is too much is removed. */
  async finish({ parts, buttons, file }: FinalAnswer): Promise<Arrival> {
    const { messenger, place } = this.#options;
    // One sound is enough: what is new behind it makes its own.
    const silent = this.length < parts.length;
    const sent = file ? await messenger.sendFile(place, file, { important: true, silent }) : undefined;
    this.#rang ||= sent !== undefined && !silent;
    // Asked at each step: by the end the chat may be open again, with a hole in the answer.
    const isClosed = (): boolean => messenger.isClosed(place.chatId);
    if (file && !sent && isClosed()) return "closed";
    const shown = file && !sent ? file.instead : parts;
    const surplus = this.#messages.slice(shown.length);
    let complete = true;
    for (const [index, text] of shown.entries()) {
      const last = index === shown.length - 1;
      const there = await this.settle(index, last && buttons ? { text, buttons } : { text }, true, last);
      if (!there && isClosed()) return "closed";
      complete &&= there;
    }
    for (const message of surplus) await messenger.remove(message);
    this.#change(this.#messages.slice(0, shown.length));
    if (!complete) return "undelivered";
    return file && !sent ? "instead" : "arrived";
  }

  #reply(index: number): { replyTo?: number } {
    const { replyTo } = this.#options;
    return index === 0 && replyTo !== undefined ? { replyTo } : {};
  }

  #change(messages: MessageRef[]): void {
    this.#messages = messages;
    this.#options.onChange(messages);
  }
}

function same(a: RichText | undefined, b: RichText): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}
