import type { JsonObject } from "../../agents/json.ts";
import type { Clock } from "../../clock.ts";
import type { HeldSession } from "../terminal-session.ts";
import { piecesOf, readDialog, whose } from "./dialog.ts";

const LOOK_MS = 300;
/** A hook may tell of a dialog a moment before it is drawn. */
const DRAWN_MS = 1_000;

export interface AskedDialog {
  /** Of the tool that is to be used. */
  readonly input: JsonObject;
  /** It was seen in an earlier life of the bridge. */
  readonly wasShown: boolean;
  readonly onGone: () => void;
}

interface Asked {
  readonly pieces: readonly string[];
  readonly at: number;
  readonly onGone: () => void;
  /** Since it was asked there was a dialog on the screen. */
  wasShown: boolean;
  /** When its own dialog was last seen. */
  seenAt?: number;
}

/**
 * Tells when a dialog of Claude Code was answered at the desk: to the hook that waits beside it nobody says so. Of a few
 * that wait at once the newest is on the screen, and what it covers comes back when it is answered. One that is never
 * recognised is told to be gone when there is no dialog at all any more; one that is never seen, never.
 */
export class DialogWatch {
  readonly #session: HeldSession;
  readonly #clock: Clock;
  readonly #asked = new Set<Asked>();
  /** What the last look has found, to be sure at the second one: it may be just being drawn. */
  #found: Asked | "none" | undefined;
  #cancel: (() => void) | undefined;
  #unwatch: (() => void) | undefined;

  constructor(session: HeldSession, clock: Clock) {
    this.#session = session;
    this.#clock = clock;
  }

  /** @returns what ends it. */
  add({ input, wasShown, onGone }: AskedDialog): () => void {
    const asked: Asked = { pieces: piecesOf(input), at: this.#clock.monotonic(), onGone, wasShown };
    this.#asked.add(asked);
    this.#found = undefined;
    this.#unwatch ??= this.#session.onOutput(() => this.#later());
    this.#later();
    // A screen that stays as it is gives no cause to look; it counts that it did.
    const cancel = this.#clock.after(DRAWN_MS + LOOK_MS, () => void this.#look());
    return () => {
      cancel();
      this.#asked.delete(asked);
      if (this.#asked.size > 0) return;
      this.#cancel?.();
      this.#cancel = undefined;
      this.#unwatch?.();
      this.#unwatch = undefined;
    };
  }

  #later(): void {
    this.#cancel ??= this.#clock.after(LOOK_MS, () => {
      this.#cancel = undefined;
      void this.#look();
    });
  }

  async #look(): Promise<void> {
    const dialog = await readDialog(this.#session);
    if (this.#asked.size === 0) return;
    const all = [...this.#asked];
    const shown = dialog === undefined ? undefined : whose(dialog, all);
    const found = dialog === undefined ? "none" : shown;
    const isSure = found === this.#found;
    this.#found = found;
    if (shown) shown.seenAt = this.#clock.monotonic();
    const over = all.filter((asked) => {
      if (dialog === undefined) return asked.wasShown;
      // It was on top of this one.
      return shown && asked !== shown && (asked.seenAt ?? -1) >= shown.at + DRAWN_MS;
    });
    if (dialog !== undefined) for (const asked of all) asked.wasShown = true;
    if (over.length > 0 && !isSure) this.#later();
    else for (const { onGone } of over) onGone();
  }
}
