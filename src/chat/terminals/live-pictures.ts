import type { Clock } from "../../clock.ts";
import type { Log } from "../../log.ts";
import type { KnownSession } from "../../terminal/registry.ts";
import { plain } from "../../text/entities.ts";
import type { MessageRef, Messenger, OutgoingFile, Place } from "../messenger.ts";
import { captionOf, type PictureLook, pictureButtons } from "./pictures.ts";

export interface LivePicturesOptions {
  readonly clock: Clock;
  readonly messenger: Messenger;
  /** Whether a place may still be told of terminals. */
  readonly mayTell: (place: Place) => boolean;
  readonly log: Log;
  readonly redact: (text: string) => string;
  /** As `pictureOf`. */
  readonly draw: (known: KnownSession, look: PictureLook) => Promise<OutgoingFile | undefined>;
}

interface Live {
  readonly known: KnownSession;
  readonly message: MessageRef;
  /** Milliseconds since the epoch. It is shown: a bridge that is killed cannot say that it follows no more. */
  readonly until: number;
  keys: boolean;
  /** What the session was like when it was last drawn, and what the message shows of it. */
  seen: string;
  shown: OutgoingFile | undefined;
  /** Of two looks at a time the later one goes on. */
  turn: number;
  cancelLook: () => void;
  cancelEnd: () => void;
}

const EVERY_MS = 5_000;
const LIVE_MS = 5 * 60_000;
const MOST_LIVE = 4;

/** Pictures in the chat that follow what their terminals show, for a while. */
export class LivePictures {
  readonly #options: LivePicturesOptions;
  readonly #lives = new Set<Live>();

  constructor(options: LivePicturesOptions) {
    this.#options = options;
  }

  /**
   * Lets a picture follow its session; another one in that chat does no more: each takes up to 12 of the 20 or so edits
   * that Telegram allows a chat in a minute, and answers need some as well. @returns a short notice.
   */
  start(known: KnownSession, message: MessageRef): string {
    if (this.#of(message)) return "It is live already.";
    for (const live of this.#lives)
      if (live.message.chatId === message.chatId)
        void this.#finish(live, "⏹ Not live any more: a newer picture is.");
    if (this.#lives.size >= MOST_LIVE)
      return `${MOST_LIVE} pictures are live already. Stop one of them first.`;
    const { clock } = this.#options;
    const live: Live = {
      ...{ known, until: clock.now() + LIVE_MS, message, keys: false, seen: "", shown: undefined, turn: 0 },
      cancelLook: () => {},
      cancelEnd: clock.after(LIVE_MS, () => {
        void this.#finish(live, "⏹ Not live any more: 5 minutes are over.");
      }),
    };
    this.#lives.add(live);
    void this.#look(live, true);
    return "Live for 5 minutes.";
  }

  /** Shows the moment in a picture that is live, from now on with these buttons. False when it is none. */
  refresh(message: MessageRef, keys: boolean): boolean {
    const live = this.#of(message);
    if (!live) return false;
    live.keys = keys;
    void this.#look(live, true);
    return true;
  }

  /** The message is to show something else. False when it was not live. */
  forget(message: MessageRef): boolean {
    const live = this.#of(message);
    if (live) this.#drop(live);
    return live !== undefined;
  }

  /** Where nobody may be told any more, pictures stay as they are. */
  forgetRefused(): void {
    for (const live of this.#lives) if (!this.#options.mayTell(live.message)) this.#drop(live);
  }

  /** Shows how a session has ended, and no more. */
  ended({ session }: KnownSession): void {
    for (const live of this.#lives) if (live.known.session === session) void this.#finish(live);
  }

  /** The bridge ends, and says so; there is no time to draw. */
  stop(): void {
    for (const live of this.#lives) {
      this.#drop(live);
      this.#say(live, "⏹ Not live any more: the bridge has stopped.");
    }
  }

  #of({ chatId, messageId }: MessageRef): Live | undefined {
    return [...this.#lives].find(
      ({ message }) => message.chatId === chatId && message.messageId === messageId,
    );
  }

  #drop(live: Live): void {
    live.cancelLook();
    live.cancelEnd();
    live.turn += 1;
    this.#lives.delete(live);
  }

  /** Draws it when something has changed, and looks again in a while. Never rejects. */
  async #look(live: Live, final: boolean): Promise<void> {
    live.cancelLook();
    live.turn += 1;
    const { turn } = live;
    const isOver = (): boolean => live.turn !== turn;
    try {
      await this.#update(live, final, isOver);
    } catch (error) {
      this.#options.log.warn("terminal not drawn", { id: live.known.session.id, error });
    }
    if (!isOver()) live.cancelLook = this.#options.clock.after(EVERY_MS, () => void this.#look(live, false));
  }

  async #update(live: Live, final: boolean, isOver: () => boolean): Promise<void> {
    const { messenger, draw } = this.#options;
    const { session } = live.known;
    const seen = [session.position, session.columns, session.rows, live.keys].join(" ");
    if (seen === live.seen) return;
    const picture = await draw(live.known, { liveUntil: live.until, keys: live.keys });
    if (isOver()) return;
    if (!picture) {
      this.#drop(live);
      return this.#say(live, SECRET);
    }
    if (!isSame(picture, live.shown)) {
      const result = await messenger.editPicture?.(live.message, () => picture, { final });
      if (isOver()) return;
      if (result === "gone") return this.#drop(live);
      // One that has been left out is drawn anew.
      if (result !== "ok") return;
    }
    live.seen = seen;
    live.shown = picture;
  }

  /** Never rejects. */
  async #finish(live: Live, note?: string): Promise<void> {
    this.#drop(live);
    const { messenger, draw, log } = this.#options;
    const look = { keys: live.keys, ...(note === undefined ? {} : { note }) };
    try {
      const picture = await draw(live.known, look);
      if (picture) await messenger.editPicture?.(live.message, () => picture, { final: true });
      else this.#say(live, SECRET);
    } catch (error) {
      log.warn("terminal not drawn", { id: live.known.session.id, error });
    }
  }

  /** Leaves the picture as it is, and says something under it. */
  #say({ known, message }: Live, note: string): void {
    const { messenger, redact } = this.#options;
    const text = plain(captionOf(known, { note }, redact));
    const content = { text, buttons: pictureButtons(known, {}) };
    void messenger.edit({ ...message, isFile: true }, () => content, { final: true });
  }
}

const SECRET =
  "⏹ Not live any more: it shows a secret now, which cannot be blotted out in a picture. Text does.";

function isSame(a: OutgoingFile, b: OutgoingFile | undefined): boolean {
  return (
    b !== undefined &&
    a.caption === b.caption &&
    JSON.stringify(a.buttons) === JSON.stringify(b.buttons) &&
    Buffer.from(a.bytes).equals(b.bytes)
  );
}
