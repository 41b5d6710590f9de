import type { Clock } from "../clock.ts";
import { within } from "../within.ts";
import { type RestoringOptions, restoreSession } from "./restoring.ts";
import type { SessionRecord } from "./state-file.ts";

export interface LeftSessionsOptions extends RestoringOptions {
  readonly clock: Clock;
  /** A session has been taken over, and goes on. */
  readonly onFound: (id: string) => void;
  /** Called once: tmux does not tell of these, and they are looked for again later. */
  readonly onMissing?: (records: readonly SessionRecord[]) => void;
}

/** The bridge does not wait longer for its terminals at the start. */
const FIRST_MS = 5_000;
const AGAIN_MS = 1_000;
const MOST_AGAIN_MS = 60_000;

/**
 * The sessions of an earlier life of the bridge that are still to be taken over. As long as tmux does not tell whether it
 * has one, that one is looked for again, and its program is left alone.
 */
export class LeftSessions {
  readonly #options: LeftSessionsOptions;
  #records: readonly SessionRecord[] = [];
  #pause = AGAIN_MS;
  #isToldMissing = false;
  #hasStopped = false;
  #takeBack = (): void => {};

  constructor(options: LeftSessionsOptions) {
    this.#options = options;
  }

  get all(): readonly SessionRecord[] {
    return this.#records;
  }

  /** Once. Resolves when each has been looked for, or when that takes long. Never rejects. */
  async takeOver(records: readonly SessionRecord[]): Promise<void> {
    this.#records = records;
    await within(this.#look(), FIRST_MS);
  }

  /** Those that are left are for the next life. */
  stop(): void {
    this.#hasStopped = true;
    this.#takeBack();
  }

  async #look(): Promise<void> {
    const { tmux, clock, log, hold, onFound, onMissing } = this.#options;
    const asks = this.#records.some(({ persists, exit }) => persists && !exit);
    const inTmux = asks
      ? await tmux.sessions().catch((error) => log.warn("tmux does not tell its sessions", { error }))
      : [];
    for (const record of this.#records) {
      if (this.#hasStopped) return;
      if (!inTmux && record.persists && !record.exit) continue;
      const isTold = await restoreSession(record, inTmux?.includes(record.id) ?? false, {
        ...this.#options,
        hold: (...of) => {
          // One that comes so late stays in the file for the next life.
          if (!this.#hasStopped) this.#records = this.#records.filter(({ id }) => id !== record.id);
          return hold(...of);
        },
      });
      if (isTold) onFound(record.id);
    }
    if (this.#records.length === 0 || this.#hasStopped) return;
    if (!this.#isToldMissing) onMissing?.(this.#records);
    this.#isToldMissing = true;
    this.#takeBack = clock.after(this.#pause, () => void this.#look());
    this.#pause = Math.min(2 * this.#pause, MOST_AGAIN_MS);
  }
}
