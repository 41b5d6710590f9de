import type { Clock } from "../../clock.ts";
import type { Log } from "../../log.ts";
import type { Confirm } from "../../terminal/backends/elsewhere.ts";
import { BackendError } from "../../terminal/pty.ts";
import type { KnownSession, TerminalRegistry } from "../../terminal/registry.ts";
import { plain } from "../../text/entities.ts";
import { within } from "../../within.ts";
import type { Answer } from "../commands/command.ts";
import type { Place } from "../messenger.ts";

export interface AgainOptions {
  readonly registry: Pick<TerminalRegistry, "openAgain" | "place">;
  /** Whether a place may still be told of terminals. */
  readonly mayTell: (place: Place) => boolean;
  readonly confirmIn: (place: Place) => Confirm;
  readonly say: (place: Place, answer: Answer) => void;
  readonly showCard: (known: KnownSession, place: Place) => void;
  readonly clock: Pick<Clock, "monotonic">;
  readonly log: Log;
}

/** A press is to be answered soon, and another machine may take longer. */
const NOTICE_MS = 1_500;
/** Who presses so soon after a warning still has it before their eyes. */
const FRESH_MS = 60_000;

/** Opens sessions that have ended once more, and says so where they were talked about. */
export class Again {
  readonly #options: AgainOptions;
  /** By session and chat, what was said last of why it cannot be opened, and when. */
  readonly #warnings = new Map<string, { readonly words: string; readonly at: number }>();

  constructor(options: AgainOptions) {
    this.#options = options;
  }

  /**
   * @param place Where it is asked for.
   * @returns a short notice for whoever has pressed.
   */
  async open(id: string, place: Place): Promise<string> {
    const done = this.#opened(id, place);
    return (await within(done, NOTICE_MS)) ? done : "Connecting…";
  }

  async #opened(id: string, place: Place): Promise<string> {
    const { registry, mayTell, confirmIn, showCard, log } = this.#options;
    try {
      const again = await registry.openAgain(id, confirmIn(place));
      if (again === "running") return `${id} has not ended.`;
      if (again === "unknown") return `${id} has ended too long ago. /term opens another one.`;
      const { known, isNew } = again;
      const next = known.session.id;
      if (!isNew) return `${next} is open in its place.`;
      const before = known.record.place;
      const at = before && mayTell(before) ? before : place;
      registry.place(next, at);
      showCard(known, at);
      return `${next} is open.`;
    } catch (error) {
      if (!(error instanceof BackendError)) log.error("terminal not opened again", { id, error });
      const words = reasonOf(error);
      return this.#warn(id, place, words)
        ? "It cannot be opened."
        : "It still cannot be opened, as said here.";
    }
  }

  /** False when the same was said there a moment ago: it may fill a phone's screen. */
  #warn(id: string, place: Place, words: string): boolean {
    const { clock, say } = this.#options;
    const now = clock.monotonic();
    for (const [key, { at }] of this.#warnings) if (now - at > FRESH_MS) this.#warnings.delete(key);
    const key = `${id} ${place.chatId} ${place.threadId ?? ""}`;
    if (this.#warnings.get(key)?.words === words) return false;
    this.#warnings.set(key, { words, at: now });
    say(place, { text: plain(words) });
    return true;
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof BackendError) return error.words;
  return `It cannot be opened: ${error instanceof Error ? error.message : String(error)}`;
}
