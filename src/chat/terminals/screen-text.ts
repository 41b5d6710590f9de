import type { Terminal } from "@xterm/headless";
import type { HeldSession } from "../../terminal/terminal-session.ts";

/** What a session shows, for whoever draws it. Everything that was written before the call is in it. */
export async function screenOf(session: HeldSession): Promise<Terminal> {
  await session.screen.settled();
  return session.screen.terminal;
}

/**
 * The rows of the screen as text, without the empty ones at the end, and without secrets: also those that go on in the
 * next row.
 */
export async function screenRows(
  session: HeldSession,
  redact: (text: string) => string,
): Promise<readonly string[]> {
  return rowsOf(await screenOf(session), redact);
}

/** Whether a terminal shows something now that must not be seen. */
export function showsSecret(terminal: Terminal, redact: (text: string) => string): boolean {
  const clean = rowsOf(terminal, redact);
  return rowsOf(terminal, (text) => text).some((row, index) => row !== clean[index]);
}

function rowsOf(terminal: Terminal, redact: (text: string) => string): readonly string[] {
  const { active } = terminal.buffer;
  // A line that goes on here may have begun above.
  let first = active.baseY;
  while (first > 0 && active.getLine(first)?.isWrapped) first -= 1;
  const rows: string[] = [];
  for (let row = first; row < active.baseY + terminal.rows; ) {
    const pieces: string[] = [];
    do {
      const goesOn = active.getLine(row + 1)?.isWrapped === true && row + 1 < active.baseY + terminal.rows;
      pieces.push(active.getLine(row)?.translateToString(!goesOn) ?? "");
      row += 1;
      if (!goesOn) break;
    } while (row < active.baseY + terminal.rows);
    const clean = redact(pieces.join(""));
    let at = 0;
    for (const piece of pieces) {
      rows.push(clean.slice(at, at + piece.length).trimEnd());
      at += piece.length;
    }
  }
  const shown = rows.slice(active.baseY - first);
  while (shown.at(-1) === "") shown.pop();
  return shown;
}
