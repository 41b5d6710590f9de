import type { Log } from "../../log.ts";
import type { Confirm } from "../../terminal/backends/elsewhere.ts";
import { BackendError } from "../../terminal/pty.ts";
import type { KnownSession, TerminalRegistry } from "../../terminal/registry.ts";
import { plain } from "../../text/entities.ts";
import { within } from "../../within.ts";
import type { Answer } from "../commands/command.ts";
import type { Place } from "../messenger.ts";

export interface AgainOptions {
  readonly registry: TerminalRegistry;
  /** Whether a place may still be told of terminals. */
  readonly mayTell: (place: Place) => boolean;
  readonly confirm: Confirm;
  readonly say: (place: Place, answer: Answer) => void;
  readonly log: Log;
  readonly showCard: (known: KnownSession, place: Place) => void;
}

/** A press is to be answered soon, and another machine may take longer. */
const NOTICE_MS = 1_500;

/**
 * Opens a session that has ended once more, and says so where that was talked about.
 * @param place Where it is asked for.
 * @returns a short notice for whoever has pressed.
 */
export async function openAgain(id: string, place: Place, options: AgainOptions): Promise<string> {
  const done = opened(id, place, options);
  return (await within(done, NOTICE_MS)) ? done : "Connecting…";
}

async function opened(
  id: string,
  place: Place,
  { registry, mayTell, confirm, say, showCard, log }: AgainOptions,
): Promise<string> {
  try {
    const again = await registry.openAgain(id, confirm);
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
    // Whoever has pressed may have been answered long ago.
    say(place, { text: plain(reasonOf(error)) });
    if (!(error instanceof BackendError)) log.error("terminal not opened again", { id, error });
    return "It cannot be opened.";
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof BackendError) return [error.message, error.hint].filter(Boolean).join(" ");
  return `It cannot be opened: ${error instanceof Error ? error.message : String(error)}`;
}
