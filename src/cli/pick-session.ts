import { BridgeError } from "../control/bridge-client.ts";
import { openDialog } from "./ask.ts";
import { sessionsText } from "./list.ts";
import type { SessionRow } from "./sessions.ts";
import type { Surroundings } from "./verb.ts";

/**
 * The one that is meant: by its key, the only one that is open, or the one that the person at the terminal chooses.
 * @returns undefined when nobody is there to choose, or he does not.
 * @throws BridgeError when there is none.
 */
export async function pickSession(
  rows: readonly SessionRow[],
  key: string | undefined,
  around: Surroundings,
): Promise<SessionRow | undefined> {
  const open = rows.filter(({ hasEnded }) => !hasEnded);
  const byKey = (word: string): SessionRow | undefined =>
    rows.find(({ id }) => id === word) ?? open.find(({ name }) => name === word);
  if (key !== undefined) {
    const found = byKey(key);
    if (found) return found;
    throw new BridgeError("no-session", "There is no such terminal.");
  }
  if (open.length === 0)
    throw new BridgeError("no-session", "No terminal is open.", "Open one: nanogent spawn");
  if (open.length === 1) return open[0];
  if (!around.stdin.isTTY || !around.stdout.isTTY) {
    around.stderr.write(`Say which one: nanogent attach ${open[0]?.id}\n`);
    return undefined;
  }
  around.stdout.write(sessionsText(open));
  const dialog = openDialog(around);
  // Ctrl-C or Ctrl-D is an answer, too.
  const chosen = dialog.ask(
    "Which one? ",
    (word) => byKey(word) ?? open.find(({ id }) => id === `term-${word}`),
    "By its id, its number or its name: ",
  );
  return chosen.catch(() => undefined).finally(() => dialog.close());
}
