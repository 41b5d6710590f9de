import type { Clock } from "../clock.ts";
import type { WebNeeds } from "./needs.ts";
import { listView } from "./session-list.ts";

/** Twice a second at most. */
const PACE_MS = 500;
/** For what nobody tells of: the job, the queue, when there was output last. */
const LOOK_MS = 1_000;

/** @returns false when it was not sent, because earlier ones are still on their way. */
type Send = (text: string) => boolean;

/** Pushes the list to all who look at it, when it has changed. Costs nothing as long as nobody does. */
export class ListFeed {
  readonly #needs: Pick<WebNeeds, "sessions" | "status">;
  readonly #clock: Clock;
  /** By who looks: what he was sent last. */
  readonly #lookers = new Map<Send, string>();
  #stopListening: (() => void) | undefined;
  #cancelLook: () => void = () => {};
  #nextAt = 0;
  #looking = false;

  constructor(needs: Pick<WebNeeds, "sessions" | "status">, clock: Clock) {
    this.#needs = needs;
    this.#clock = clock;
  }

  /** Sends the list at once, and again at changes. @returns what ends that. */
  watch(send: Send): () => void {
    this.#lookers.set(send, "");
    this.#stopListening ??= this.#needs.sessions.onChange(() => this.#lookIn(PACE_MS));
    // The newcomer does not wait; for the others nothing has changed.
    void this.#look();
    return () => {
      this.#lookers.delete(send);
      if (this.#lookers.size > 0) return;
      this.#stopListening?.();
      this.#stopListening = undefined;
      this.#cancelLook();
    };
  }

  #lookIn(ms: number): void {
    const at = this.#clock.monotonic() + ms;
    if (at >= this.#nextAt) return;
    this.#nextAt = at;
    this.#cancelLook();
    this.#cancelLook = this.#clock.after(ms, () => void this.#look());
  }

  async #look(): Promise<void> {
    if (this.#looking) return this.#lookIn(PACE_MS);
    this.#looking = true;
    this.#nextAt = Number.POSITIVE_INFINITY;
    // A list that cannot be made now is made at the next look.
    const view = await listView(this.#needs).catch(() => undefined);
    this.#looking = false;
    const text = view && JSON.stringify({ type: "list", ...view });
    for (const [send, last] of this.#lookers) {
      if (text !== undefined && text !== last && send(text)) this.#lookers.set(send, text);
    }
    if (this.#lookers.size > 0) this.#lookIn(LOOK_MS);
  }
}
