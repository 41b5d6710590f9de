import type { Clock } from "../../clock.ts";
import type { HeldSession } from "../terminal-session.ts";

const LOOK_MS = 300;

/**
 * Tells when a dialog of Claude Code is no longer on the screen: to the hook that waits beside it nobody says that it was
 * answered at the desk. One that is never seen, since it looks different, is never told to be gone.
 * @param wasShown It was seen in an earlier life of the bridge.
 * @returns what ends it.
 */
export function watchDialog(
  session: HeldSession,
  clock: Clock,
  onGone: () => void,
  wasShown: boolean,
): () => void {
  let missed = false;
  let isOver = false;
  let cancel: (() => void) | undefined;
  const look = async (): Promise<void> => {
    cancel = undefined;
    const isShown = await showsDialog(session);
    if (isOver) return;
    if (isShown) {
      wasShown = true;
      missed = false;
    } else if (wasShown && missed) {
      end();
      onGone();
    } else if (wasShown) {
      // It may be just being drawn.
      missed = true;
      later();
    }
  };
  const later = (): void => {
    cancel ??= clock.after(LOOK_MS, () => void look());
  };
  const unwatch = session.onOutput(later);
  const end = (): void => {
    isOver = true;
    cancel?.();
    unwatch();
  };
  later();
  return end;
}

/** Whether the cursor of the lowest list or line to type into is at a numbered choice. */
export async function showsDialog(session: HeldSession): Promise<boolean> {
  await session.screen.settled();
  const { terminal } = session.screen;
  const { active } = terminal.buffer;
  for (let row = active.baseY + terminal.rows - 1; row >= active.baseY; row--) {
    const [, behind] = /^[\s│]*[❯>](.*)$/.exec(active.getLine(row)?.translateToString(true) ?? "") ?? [];
    if (behind !== undefined) return /^\s*\d+\.\s/.test(behind);
  }
  return false;
}
