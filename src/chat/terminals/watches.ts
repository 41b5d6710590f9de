import type { Clock } from "../../clock.ts";
import type { KnownSession } from "../../terminal/registry.ts";
import type { SessionWatch, WatchFor } from "../../terminal/session-watch.ts";
import type { HeldSession } from "../../terminal/terminal-session.ts";
import { type Place, samePlace } from "../messenger.ts";
import { TextWatch, textOf, timesIn } from "./text-watch.ts";

export interface WatchesOptions {
  readonly clock: Clock;
  /** Whether a place may still be told of terminals. */
  readonly mayTell: (place: Place) => boolean;
  /** Resolves when it has been delivered, or never will be. */
  readonly tell: (known: KnownSession, place: Place, words: string) => Promise<unknown>;
  /** Keeps what is waited for in a session, for the next life of the bridge. */
  readonly save: (id: string, watches: readonly SessionWatch[]) => void;
}

interface Watch {
  readonly known: KnownSession;
  record: SessionWatch;
  /** Resolves when it has been told what it waits for. */
  told?: Promise<void>;
  readonly stop: () => void;
}

const MOST_PER_SESSION = 10;
/** In seconds. */
const MOST_SILENT = 86_400;
/** After output it is noted so often how much of it is there: a bridge that is killed has noted nothing at its end. */
const NOTE_MS = 10_000;

/** `text`, `silence 30`, `bell`, `exit`; nothing means the end or the bell, whichever comes first. */
export function readWatch(words: string): readonly WatchFor[] | string {
  if (words === "") return [{ kind: "exit" }, { kind: "bell" }];
  if (words === "exit" || words === "bell") return [{ kind: words }];
  const [, seconds] = /^silence(?:\s+(\d+)\s*s?)?$/.exec(words) ?? [];
  if (seconds !== undefined && Number(seconds) > 0 && Number(seconds) <= MOST_SILENT)
    return [{ kind: "silence", ms: Number(seconds) * 1_000 }];
  if (seconds !== undefined) return `Silence is waited for from 1 to ${MOST_SILENT} seconds, which is a day.`;
  if (/^silence(\s|$)/.test(words)) return "Write the seconds behind it, such as /watch term-1 silence 30.";
  return [{ kind: "text", text: words }];
}

/**
 * Tells once what somebody waits for in a session, also after a restart of the bridge: a text that has come while the
 * bridge was away is found by there being more of it than was noted last. Silence counts from the restart.
 */
export class Watches {
  readonly #options: WatchesOptions;
  #watches: Watch[] = [];
  /** Sessions that have been looked at in this life. */
  readonly #seen = new WeakSet<HeldSession>();

  constructor(options: WatchesOptions) {
    this.#options = options;
  }

  /** False when there are too many. */
  async add(known: KnownSession, place: Place, all: readonly WatchFor[]): Promise<boolean> {
    if (this.#of(known).length + all.length > MOST_PER_SESSION) return false;
    for (const what of all) this.#begin(known, { place, for: what });
    this.#seen.add(known.session);
    this.#save(known);
    await this.#note(known);
    return true;
  }

  /** Takes all watches of a session away. @returns how many there were. */
  clear(known: KnownSession): number {
    const all = this.#of(known);
    for (const watch of all) watch.stop();
    this.#watches = this.#watches.filter((each) => !all.includes(each));
    this.#save(known);
    return all.length;
  }

  /** Where nobody may be told any more, nobody waits. */
  forgetRefused(all: readonly KnownSession[]): void {
    for (const known of all) {
      const refused = this.#of(known).filter(({ record }) => !this.#options.mayTell(record.place));
      for (const watch of refused) watch.stop();
      this.#watches = this.#watches.filter((each) => !refused.includes(each));
      if (refused.length > 0) this.#save(known);
    }
  }

  bell(known: KnownSession): void {
    for (const watch of this.#of(known))
      if (watch.record.for.kind === "bell") this.#fire(watch, "🔔 It rings the bell.");
  }

  /**
   * Tells that the session has ended, once in each place where somebody waits for that. Resolves when it has been told,
   * and what has come before as well: until then the next life finds what is still to be told.
   * @param knowing Places that know by themselves.
   */
  async ended(known: KnownSession, words: string, knowing: readonly Place[]): Promise<void> {
    const { session, record } = known;
    // Before that, while the bridge was away, what somebody waits for may have come.
    const text = this.#seen.has(session) ? undefined : textOf(session.screen.terminal);
    if (this.#of(known).length === 0) for (const watch of record.watches ?? []) this.#begin(known, watch);
    const told = [...knowing];
    for (const watch of this.#of(known)) {
      watch.stop();
      if (watch.record.words !== undefined) continue;
      const { for: what, place } = watch.record;
      const isFirst = what.kind === "exit" && !told.some((each) => samePlace(each, place));
      if (isFirst) told.push(place);
      const came = isFirst ? words : text === undefined ? undefined : cameIn(text, watch.record);
      if (came !== undefined) watch.record = { ...watch.record, words: came };
    }
    this.#watches = this.#watches.filter(
      (each) => each.known.session !== session || each.record.words !== undefined,
    );
    this.#save(known);
    await Promise.all(this.#of(known).map((watch) => this.#tell(watch, watch.record.words ?? words)));
  }

  /** Goes on with what an earlier life of the bridge has kept. */
  async resume(known: KnownSession): Promise<void> {
    const { session, record } = known;
    for (const watch of record.watches ?? []) this.#begin(known, watch);
    await session.screen.settled();
    // It tells that by itself.
    if (session.exit) return;
    this.#seen.add(session);
    const all = this.#of(known);
    if (all.length === 0) return;
    const text = textOf(session.screen.terminal);
    for (const watch of all) {
      const came = cameIn(text, watch.record);
      if (watch.record.words !== undefined) void this.#tell(watch, watch.record.words);
      else if (came !== undefined) this.#fire(watch, came);
    }
    await this.#note(known);
  }

  /** The bridge ends: what has not been told by then is kept for its next life. */
  async stop(): Promise<void> {
    for (const watch of this.#watches) watch.stop();
    const sessions = new Set(this.#watches.map(({ known }) => known));
    await Promise.all([...sessions].map((known) => this.#note(known)));
  }

  #of({ session }: KnownSession): readonly Watch[] {
    return this.#watches.filter(({ known }) => known.session === session);
  }

  #fire(watch: Watch, words: string): void {
    if (!this.#watches.includes(watch) || watch.record.words !== undefined) return;
    watch.stop();
    // What is on its way to the chat is not lost when the bridge ends before it is there.
    watch.record = { ...watch.record, words };
    this.#save(watch.known);
    void this.#tell(watch, words);
  }

  /** Once, however often it is asked for. */
  #tell(watch: Watch, words: string): Promise<void> {
    watch.told ??= this.#told(watch, words);
    return watch.told;
  }

  async #told(watch: Watch, words: string): Promise<void> {
    await this.#options.tell(watch.known, watch.record.place, words);
    this.#watches = this.#watches.filter((each) => each !== watch);
    this.#save(watch.known);
  }

  #save(known: KnownSession): void {
    const records = this.#of(known).map(({ record }) => record);
    this.#options.save(known.session.id, records);
  }

  /** Notes how often the texts that are waited for are there. One that has come in pieces, around a restart, is found by that. */
  async #note(known: KnownSession): Promise<void> {
    if (!this.#of(known).some(({ record }) => record.for.kind === "text")) return;
    const text = await known.session.kept();
    if (text === undefined) return;
    let changed = false;
    for (const watch of this.#of(known)) {
      const { record } = watch;
      if (record.for.kind !== "text" || record.words !== undefined) continue;
      const shown = timesIn(text, record.for.text);
      const came = cameIn(text, record);
      if (came !== undefined) {
        this.#fire(watch, came);
      } else if (shown !== record.shown) {
        watch.record = { ...record, shown };
        changed = true;
      }
    }
    if (changed) this.#save(known);
  }

  #begin(known: KnownSession, record: SessionWatch): void {
    const fire = (words: string): void => this.#fire(watch, words);
    const stop = record.words === undefined ? this.#listen(known, record.for, fire) : () => {};
    const watch: Watch = { known, record, stop };
    this.#watches.push(watch);
  }

  #listen(known: KnownSession, what: WatchFor, fire: (words: string) => void): () => void {
    if (what.kind === "text") return this.#listenForText(known, what.text, () => fire(appeared(what.text)));
    if (what.kind !== "silence") return () => {};
    const { clock } = this.#options;
    const quiet = (): void => fire(`🤫 Nothing for ${what.ms / 1_000} s.`);
    let cancel = clock.after(what.ms, quiet);
    const unwatch = known.session.onOutput(() => {
      cancel();
      cancel = clock.after(what.ms, quiet);
    });
    return () => {
      cancel();
      unwatch();
    };
  }

  #listenForText(known: KnownSession, text: string, fire: () => void): () => void {
    const watch = new TextWatch(text);
    let cancel: (() => void) | undefined;
    const note = (): void => {
      cancel = undefined;
      void this.#note(known);
    };
    const unwatch = known.session.onOutput((chunk) => {
      if (watch.push(chunk)) fire();
      else cancel ??= this.#options.clock.after(NOTE_MS, note);
    });
    return () => {
      cancel?.();
      unwatch();
    };
  }
}

/** What is to be told of a text that is waited for when there is more of it than there was. */
function cameIn(shownNow: string, { for: what, shown }: SessionWatch): string | undefined {
  const came = what.kind === "text" && shown !== undefined && timesIn(shownNow, what.text) > shown;
  return came ? appeared(what.text) : undefined;
}

function appeared(text: string): string {
  return `👁 “${text}” has appeared.`;
}
