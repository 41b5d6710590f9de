import type { Clock } from "../clock.ts";
import type { RichText } from "../text/entities.ts";
import { type Arrival, type FinalAnswer, MessageRow } from "./message-row.ts";
import type { Content, EditResult, Keyboard, MessageRef, Messenger, Place } from "./messenger.ts";
import { renderProgress, renderRunning } from "./turn-render.ts";
import type { TurnView } from "./turn-view.ts";

export interface LiveMessageOptions {
  readonly messenger: Messenger;
  readonly clock: Clock;
  readonly place: Place;
  readonly replyTo?: number;
  readonly view: TurnView;
  /** Shown under the last message while the turn runs. */
  readonly buttons: Keyboard;
  /** What must be in the chat first: the answer before this one. */
  readonly after: Promise<void>;
  /** Called when the messages that carry the turn have changed. */
  readonly onMessages: (messages: readonly MessageRef[]) => void;
}

/** After so many ticks the elapsed time alone is worth an edit only now and then. */
const QUICK_TICKS = 14;
const SLOW_TICKS = 4;
/** A send without an answer may have arrived: the next try must not pile up message upon message. */
const REOPEN_MS = 10_000;

/** The messages of one turn, edited in place while it runs: a new one is opened when the text outgrows the last. */
export class LiveMessage {
  readonly #options: LiveMessageOptions;
  readonly #row: MessageRow;
  #dirty = false;
  #framing = false;
  #ended = false;
  #opening: Promise<unknown> = Promise.resolve();
  #openNotBefore = 0;
  #cancelTick = (): void => {};
  #cancelQuiet = (): void => {};

  constructor(options: LiveMessageOptions) {
    this.#options = options;
    this.#row = new MessageRow({ ...options, onChange: options.onMessages });
  }

  /**
   * Shows the first frame and goes on showing that time passes.
   * @param quietMs Shows nothing for so long: a turn that ends sooner comes as one new message.
   */
  start(quietMs = 0): void {
    const { clock } = this.#options;
    this.#openNotBefore = clock.monotonic() + quietMs;
    if (quietMs > 0) this.#cancelQuiet = clock.after(quietMs, () => this.changed());
    this.#tick(1);
  }

  /** The view has changed: show it as soon as the pace of the chat allows. */
  changed(): void {
    this.#dirty = true;
    if (this.#framing || !this.#mayFrame()) return;
    void this.#frames();
  }

  /** Whether its end came in a message that the phone rings for. */
  get rang(): boolean {
    return this.#row.rang;
  }

  /** Replaces the running view by the final one. Resolves when that is delivered. */
  async finish(final: FinalAnswer): Promise<Arrival> {
    this.stop();
    // A message on its way has to be known before it can be edited.
    await this.#opening;
    return this.#row.finish(final);
  }

  /** Shows nothing new any more. */
  stop(): void {
    this.#ended = true;
    this.#cancelTick();
    this.#cancelQuiet();
  }

  #mayFrame(): boolean {
    return !this.#ended && this.#options.clock.monotonic() >= this.#openNotBefore;
  }

  async #frames(): Promise<void> {
    this.#framing = true;
    try {
      // Events come in bunches: the frame is to show all of one.
      await undefined;
      while (this.#dirty && this.#mayFrame()) {
        this.#dirty = false;
        // A frame that was not wanted is not tried again before something changes.
        if ((await this.#frame()) === "dropped") break;
      }
    } finally {
      this.#framing = false;
    }
  }

  async #frame(): Promise<EditResult> {
    // What is on the screen should be on the disk, for whoever takes over after a crash.
    this.#options.view.text.sync();
    if (this.#row.length === 0) return this.#open();
    const last = this.#row.length - 1;
    const result = await this.#row.show(() => this.#content(last));
    if (this.#ended || result === "dropped") return result;
    if (result === "gone") return this.#open();
    const parts = this.#parts();
    const frozen = parts[last];
    if (parts.length <= last + 1 || !frozen) return result;
    void this.#row.settle(last, { text: frozen });
    return this.#open();
  }

  async #open(): Promise<EditResult> {
    const opening = this.#options.after.then(() =>
      this.#row.open(
        () => this.#content(this.#row.length),
        () => !this.#ended,
      ),
    );
    this.#opening = opening;
    if (await opening) return "ok";
    this.#openNotBefore = this.#options.clock.monotonic() + REOPEN_MS;
    return "dropped";
  }

  #content(index: number): Content {
    this.#dirty = false;
    const { view, clock } = this.#options;
    const parts = this.#parts();
    // Shorter tool lines may need one message less than before.
    const text = parts[index] ?? renderProgress(view, clock.now());
    return index >= parts.length - 1 ? { text, buttons: this.#options.buttons } : { text };
  }

  #parts(): RichText[] {
    const { view, clock, messenger } = this.#options;
    return renderRunning(view, clock.now(), messenger.limits);
  }

  #tick(count: number): void {
    if (count <= QUICK_TICKS || count % SLOW_TICKS === 0) this.changed();
    const { messenger, clock, place } = this.#options;
    messenger.typing(place);
    this.#cancelTick = clock.after(messenger.tickMs, () => this.#tick(count + 1));
  }
}
