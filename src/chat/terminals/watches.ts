import { plainOutput } from "../../agents/plain-output.ts";
import type { Clock } from "../../clock.ts";
import type { KnownSession } from "../../terminal/registry.ts";
import type { Place } from "../messenger.ts";

/** What somebody waits for. */
export type WatchFor =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "silence"; readonly ms: number }
  | { readonly kind: "bell" }
  | { readonly kind: "exit" };

interface Watch {
  readonly id: string;
  readonly place: Place;
  readonly what: WatchFor;
  readonly stop: () => void;
}

const MOST_PER_SESSION = 10;

/** `text`, `silence 30`, `bell`, `exit`; nothing means the end or the bell, whichever comes first. */
export function readWatch(words: string): readonly WatchFor[] | string {
  if (words === "") return [{ kind: "exit" }, { kind: "bell" }];
  if (words === "exit" || words === "bell") return [{ kind: words }];
  const [, seconds] = /^silence(?:\s+(\d{1,5})\s*s?)?$/.exec(words) ?? [];
  if (seconds !== undefined && Number(seconds) > 0) return [{ kind: "silence", ms: Number(seconds) * 1_000 }];
  if (/^silence(\s|$)/.test(words)) return "Write the seconds behind it, such as /watch term-1 silence 30.";
  return [{ kind: "text", text: words }];
}

/** Tells once what somebody waits for in a session. */
export class Watches {
  readonly #clock: Clock;
  readonly #tell: (known: KnownSession, place: Place, words: string) => void;
  #watches: Watch[] = [];

  constructor(clock: Clock, tell: (known: KnownSession, place: Place, words: string) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** False when there are too many. */
  add(known: KnownSession, place: Place, what: WatchFor): boolean {
    const { id } = known.session;
    if (this.#of(id).length >= MOST_PER_SESSION) return false;
    const fire = (words: string): void => {
      this.#end(watch);
      this.#tell(known, place, words);
    };
    const watch: Watch = { id, place, what, stop: this.#begin(known, what, fire) };
    this.#watches.push(watch);
    return true;
  }

  /** Takes all watches of a session away. @returns how many there were. */
  clear(id: string): number {
    const all = this.#of(id);
    for (const watch of all) this.#end(watch);
    return all.length;
  }

  bell(known: KnownSession): void {
    for (const watch of this.#of(known.session.id)) {
      if (watch.what.kind !== "bell") continue;
      this.#end(watch);
      this.#tell(known, watch.place, "🔔 It rings the bell.");
    }
  }

  /** The session has ended. @returns where somebody waits for that. */
  ended(id: string): readonly Place[] {
    const places = this.#of(id)
      .filter(({ what }) => what.kind === "exit")
      .map(({ place }) => place);
    this.clear(id);
    return places;
  }

  #of(id: string): readonly Watch[] {
    return this.#watches.filter((watch) => watch.id === id);
  }

  #end(watch: Watch): void {
    watch.stop();
    this.#watches = this.#watches.filter((each) => each !== watch);
  }

  #begin({ session }: KnownSession, what: WatchFor, fire: (words: string) => void): () => void {
    if (what.kind === "text") {
      const plain = plainOutput();
      let tail = "";
      return session.onOutput((chunk) => {
        const text = tail + plain.push(chunk);
        tail = what.text.length > 1 ? text.slice(1 - what.text.length) : "";
        if (text.includes(what.text)) fire(`👁 “${what.text}” has appeared.`);
      });
    }
    if (what.kind === "silence") {
      const quiet = (): void => fire(`🤫 Nothing for ${what.ms / 1_000} s.`);
      let cancel = this.#clock.after(what.ms, quiet);
      const unwatch = session.onOutput(() => {
        cancel();
        cancel = this.#clock.after(what.ms, quiet);
      });
      return () => {
        cancel();
        unwatch();
      };
    }
    return () => {};
  }
}
