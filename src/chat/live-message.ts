import type { Clock } from "../clock.ts";
import type { RichText } from "../text/entities.ts";
import type { Content, Keyboard, MessageRef, Messenger, Place } from "./messenger.ts";
import { renderFinal, renderRunning } from "./turn-render.ts";
import type { Ending, TurnView } from "./turn-view.ts";

export interface LiveMessageOptions {
  readonly messenger: Messenger;
  readonly clock: Clock;
  readonly place: Place;
  readonly replyTo?: number;
  readonly view: TurnView;
  /** Shown under the last message while the turn runs. */
  readonly buttons: Keyboard;
  /** Called when the messages that carry the turn have changed. */
  readonly onMessages: (messages: readonly MessageRef[]) => void;
}

/** After a minute the elapsed time alone is not worth an edit every few seconds. */
const QUICK_TICKS = 14;
const SLOW_TICKS = 4;
/** A send without an answer may have arrived: the next try must not pile up message upon message. */
const REOPEN_MS = 10_000;

/** The messages of one turn, edited in place while it runs: a new one is opened when the text outgrows the last. */
export class LiveMessage {
  readonly #options: LiveMessageOptions;
  #messages: MessageRef[] = [];
  /** What each message shows for sure, so that a frozen one is not edited again. */
  #shown: (RichText | undefined)[] = [];
  #dirty = false;
  #framing = false;
  #ended = false;
  #opening: Promise<void> = Promise.resolve();
  #openNotBefore = 0;
  #cancelTick = (): void => {};

  constructor(options: LiveMessageOptions) {
    this.#options = options;
  }

  /** Shows the first frame and goes on showing that time passes. */
  start(): void {
    this.#tick(1);
  }

  /** The view has changed: show it as soon as the pace of the chat allows. */
  changed(): void {
    this.#dirty = true;
    if (this.#framing || this.#ended || this.#options.clock.monotonic() < this.#openNotBefore) return;
    void this.#frames();
  }

  /** Replaces the running view by the final one; resolves when it is delivered. */
  async finish(ending: Ending): Promise<void> {
    this.#ended = true;
    this.#cancelTick();
    // A message on its way has to be known before it can be edited.
    await this.#opening;
    const { messenger, place, view } = this.#options;
    let final = renderFinal(view, ending, messenger.limits);
    if (final.file) {
      const sent = await messenger.sendFile(place, final.file, { important: true });
      if (!sent) final = renderFinal(view, ending, messenger.limits, false);
    }
    const surplus = this.#messages.slice(final.parts.length);
    for (const [index, text] of final.parts.entries()) await this.#settle(index, text);
    for (const message of surplus) await messenger.remove(message);
    this.#setMessages(this.#messages.slice(0, final.parts.length));
  }

  async #frames(): Promise<void> {
    this.#framing = true;
    // Events come in bunches: the frame is to show all of one.
    await undefined;
    while (this.#dirty && !this.#ended && this.#options.clock.monotonic() >= this.#openNotBefore) {
      await this.#frame();
    }
    this.#framing = false;
  }

  async #frame(): Promise<void> {
    const last = this.#messages.length - 1;
    const message = this.#messages[last];
    if (!message) return this.#open(0);
    let frame: Content | undefined;
    const render = (): Content => {
      frame = this.#content(last);
      return frame;
    };
    const result = await this.#options.messenger.edit(message, render, { final: false });
    if (result === "ok" && frame && !frame.buttons) this.#shown[last] = frame.text;
    if (this.#ended) return;
    if (result === "gone") {
      this.#messages.splice(last);
      return this.#open(last);
    }
    const parts = this.#parts();
    const frozen = parts[last];
    if (parts.length <= last + 1 || !frozen) return;
    void this.#settle(last, frozen);
    await this.#open(last + 1);
  }

  #open(index: number): Promise<void> {
    const { messenger, clock, place, replyTo } = this.#options;
    const reply = index === 0 && replyTo !== undefined ? { replyTo } : {};
    const options = { provisional: true, silent: index > 0, ...reply };
    const opening = messenger.send(place, this.#content(index), options).then((message) => {
      if (message) this.#setMessages([...this.#messages, message]);
      else this.#openNotBefore = clock.monotonic() + REOPEN_MS;
    });
    this.#opening = opening;
    return opening;
  }

  /** Brings one message to its last content, in a new message when it is gone. */
  async #settle(index: number, text: RichText): Promise<void> {
    const message = this.#messages[index];
    if (message && same(this.#shown[index], text)) return;
    const { messenger, place, replyTo } = this.#options;
    const result = message ? await messenger.edit(message, () => ({ text }), { final: true }) : "gone";
    if (result === "ok") this.#shown[index] = text;
    if (result !== "gone" && message) return;
    const options = { important: true, ...(index === 0 && replyTo !== undefined ? { replyTo } : {}) };
    const sent = await messenger.send(place, { text }, options);
    if (sent) this.#setMessages(this.#messages.toSpliced(index, 1, sent));
  }

  #content(index: number): Content {
    this.#dirty = false;
    const parts = this.#parts();
    const text = parts[index] ?? parts.at(-1) ?? { text: "…", entities: [] };
    return index >= parts.length - 1 ? { text, buttons: this.#options.buttons } : { text };
  }

  #parts(): RichText[] {
    const { view, clock, messenger } = this.#options;
    return renderRunning(view, clock.now(), messenger.limits);
  }

  #setMessages(messages: MessageRef[]): void {
    this.#messages = messages;
    this.#options.onMessages(messages);
  }

  #tick(count: number): void {
    if (count <= QUICK_TICKS || count % SLOW_TICKS === 0) this.changed();
    const { messenger, clock, place } = this.#options;
    messenger.typing(place);
    this.#cancelTick = clock.after(messenger.tickMs, () => this.#tick(count + 1));
  }
}

function same(a: RichText | undefined, b: RichText): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}
