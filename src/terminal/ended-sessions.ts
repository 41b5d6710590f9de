import type { Confirm } from "./backends/elsewhere.ts";
import { readWhere } from "./backends.ts";
import { BackendError } from "./pty.ts";
import type { KnownSession, TerminalRegistry } from "./registry.ts";
import type { EndedRecord, SessionRecord } from "./state-file.ts";

/** What has come of the wish to open a session once more. */
export type OpenedAgain =
  /** It is not new when it was opened by an earlier wish. */
  | { readonly known: KnownSession; readonly isNew: boolean }
  /** It has not ended. */
  | "running"
  /** There was none, or it has ended too long ago. */
  | "unknown";

const MOST = 20;
const KEPT_MS = 86_400_000;

/** The sessions that have ended lately, as far as it takes to open them once more. */
export class EndedSessions {
  readonly #registry: Pick<TerminalRegistry, "find" | "open" | "openSession">;
  readonly #now: () => number;
  readonly #changed: () => void;
  readonly #opening = new Map<string, Promise<KnownSession>>();
  #records: EndedRecord[] = [];

  /** @param now Milliseconds since the epoch. @param changed Called when what is to be kept has changed. */
  constructor(
    registry: Pick<TerminalRegistry, "find" | "open" | "openSession">,
    now: () => number,
    changed: () => void,
  ) {
    this.#registry = registry;
    this.#now = now;
    this.#changed = changed;
  }

  /** Those that can be opened once more, the newest last. */
  get all(): readonly EndedRecord[] {
    const now = this.#now();
    this.#records = this.#records.filter(({ endedAt }) => now - endedAt <= KEPT_MS).slice(-MOST);
    return this.#records;
  }

  /** Those of an earlier life. */
  load(records: readonly EndedRecord[]): void {
    this.#records = [...records, ...this.#records];
  }

  add({ id, name, where, place, command, isSecret }: SessionRecord): void {
    // An earlier life may have known already.
    const successor = this.#records.find((record) => record.id === id)?.successor;
    this.#records = this.#records.filter((record) => record.id !== id);
    this.#records.push({
      ...{ id, name, where, endedAt: this.#now() },
      ...(place === undefined ? {} : { place }),
      ...(command === undefined ? {} : { command }),
      ...(isSecret ? { isSecret } : {}),
      ...(successor === undefined ? {} : { successor }),
    });
  }

  /**
   * Opens the same command in the same place, under its name and where it was talked about. However often it is asked for,
   * what goes on is not opened twice: one that was opened in its place stands for it, and so on.
   * @param confirm As in `OpenRequest`.
   * @throws BackendError, fit for the chat.
   */
  async openAgain(id: string, confirm?: Confirm): Promise<OpenedAgain> {
    const old = this.#registry.find(id)?.session;
    if (old?.id === id && !old.exit) return "running";
    const record = this.all.find((each) => each.id === id);
    if (!record) return "unknown";
    if (record.isSecret)
      throw new BackendError(`The command of ${id} held a secret and was not kept.`, "/term opens it anew.");
    const begun = this.#opening.get(id);
    if (begun) return { known: await begun, isNew: false };
    if (record.successor !== undefined) {
      const next = this.#registry.open.find(({ session }) => session.id === record.successor);
      if (next) return { known: next, isNew: false };
      // Numbers only grow, so that this comes to an end.
      const later = isLater(record.successor, id)
        ? await this.openAgain(record.successor, confirm)
        : "unknown";
      if (typeof later === "object") return later;
    }
    const opening = this.#open(record, {
      ...(old ? { columns: old.columns, rows: old.rows } : {}),
      ...(confirm ? { confirm } : {}),
    }).finally(() => this.#opening.delete(id));
    this.#opening.set(id, opening);
    return { known: await opening, isNew: true };
  }

  async #open(record: EndedRecord, more: object): Promise<KnownSession> {
    const { id, name, command, place } = record;
    const where = readWhere(record.where);
    // One that was given no name has its id for one.
    const isGiven = name !== id && !this.#registry.open.some(({ session }) => session.name === name);
    const known = await this.#registry.openSession({
      ...(where ? { where } : {}),
      ...(command === undefined ? {} : { command }),
      ...(isGiven ? { name } : {}),
      ...(place === undefined ? {} : { place }),
      ...more,
    });
    const successor = known.session.id;
    this.#records = this.#records.map((each) => (each.id === id ? { ...each, successor } : each));
    this.#changed();
    return known;
  }
}

/** Of two ids, whether the first one was given after the second. */
function isLater(id: string, other: string): boolean {
  return Number(id.slice("term-".length)) > Number(other.slice("term-".length));
}
