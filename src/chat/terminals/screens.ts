import type { Clock } from "../../clock.ts";
import type { Log } from "../../log.ts";
import type { KnownSession } from "../../terminal/registry.ts";
import type { Answer } from "../commands/command.ts";
import type { MessageRef, Messenger, OutgoingFile, Place } from "../messenger.ts";
import { LivePictures } from "./live-pictures.ts";
import { type PictureLook, pictureOf } from "./pictures.ts";
import { screenView } from "./views.ts";

export interface ScreensOptions {
  readonly clock: Clock;
  readonly messenger: Messenger;
  readonly log: Log;
  /** Whether a place may still be told of terminals. */
  readonly mayTell: (place: Place) => boolean;
  /** Takes secrets out of what a terminal shows. */
  readonly redact: (text: string) => string;
  /** A message that was text shows another one from now on. */
  readonly replaced: (message: MessageRef) => void;
}

/** A message of the bot, and where what is said about it belongs. */
export interface ScreenMessage {
  readonly message: MessageRef | undefined;
  readonly place: Place;
}

const LONGEST_TEXT = 4_000;
const WHY_TEXT = "As text, since it shows a secret, which cannot be blotted out in a picture.";

/** Shows in the chat what terminals show: as pictures, and as text where that is asked for or has to do. */
export class Screens {
  readonly live: LivePictures;
  readonly #options: ScreensOptions;

  constructor(options: ScreensOptions) {
    this.#options = options;
    this.live = new LivePictures({ ...options, draw: (known, look) => this.#draw(known, look) });
  }

  /** Sends a picture, or the text that has to do. */
  async send(known: KnownSession, place: Place): Promise<void> {
    const { messenger } = this.#options;
    const picture = this.#showsPictures ? await this.#draw(known, {}) : undefined;
    if (!picture) return this.#sendText(known, place, { note: this.#showsPictures ? WHY_TEXT : undefined });
    // Nobody waits for its way to the chat.
    this.unattended(async () => {
      if (!(await messenger.sendFile(place, picture, { prompt: true })))
        await this.#sendText(known, place, {});
    });
  }

  /** Does what nobody waits for: what goes wrong there is logged, and ends nothing. */
  unattended(work: () => Promise<void>): void {
    work().catch((error) => this.#options.log.warn("screen not shown", { error }));
  }

  async sendText(known: KnownSession, place: Place): Promise<void> {
    await this.#sendText(known, place, {});
  }

  text(known: KnownSession): Promise<Answer> {
    return this.#text(known, {});
  }

  /** Shows the moment in a message that is there, in the way that it shows it. */
  async show(known: KnownSession, { message, place }: ScreenMessage, keys = false): Promise<void> {
    if (!message) return;
    const { messenger, replaced } = this.#options;
    if (!message.isFile || !this.#showsPictures) {
      replaced(message);
      const text = await this.#text(known, { keys });
      void messenger.edit(message, () => text, { final: true });
      return;
    }
    if (this.live.refresh(message, keys)) return;
    const picture = await this.#draw(known, { keys });
    if (picture) void messenger.editPicture?.(message, () => picture, { final: true });
    else await this.#sendText(known, place, { keys, note: WHY_TEXT });
  }

  /** Shows something else than a screen in a message that is there. */
  say({ message }: ScreenMessage, answer: Answer): void {
    if (!message) return;
    this.live.forget(message);
    this.#options.replaced(message);
    void this.#options.messenger.edit(message, () => answer, { final: true });
  }

  get #showsPictures(): boolean {
    return this.#options.messenger.editPicture !== undefined;
  }

  #draw(known: KnownSession, look: PictureLook): Promise<OutgoingFile | undefined> {
    return pictureOf(known, look, this.#options.redact);
  }

  async #sendText(known: KnownSession, place: Place, look: TextLook): Promise<void> {
    void this.#options.messenger.send(place, await this.#text(known, look), { prompt: true });
  }

  #text(known: KnownSession, look: TextLook): Promise<Answer> {
    const { messenger, redact } = this.#options;
    const longest = Math.min(messenger.limits.length, LONGEST_TEXT);
    return screenView(known, { ...look, longest, redact, hasPicture: this.#showsPictures });
  }
}

interface TextLook {
  readonly keys?: boolean;
  readonly note?: string | undefined;
}
