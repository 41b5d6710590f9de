import type { Pty, PtyExit } from "../../../src/terminal/pty.ts";
import type { KnownSession } from "../../../src/terminal/registry.ts";
import type { SessionWatch } from "../../../src/terminal/session-watch.ts";
import { HeldSession } from "../../../src/terminal/terminal-session.ts";

export interface Played {
  readonly known: KnownSession;
  readonly session: HeldSession;
  /** What was typed. */
  readonly typed: string[];
  /** The program writes, and it is shown. */
  writes(text: string): Promise<void>;
  ends(exit: PtyExit): Promise<void>;
}

/** A session whose program is played by the test. `kept` is what tmux would have of it. */
export function played(
  id: string,
  { kept, watches }: { kept?: () => string; watches?: readonly SessionWatch[] } = {},
): Played {
  const session = new HeldSession({
    ...{ id, name: id, label: "sh", where: "host", createdAt: 0, columns: 40, rows: 5 },
    now: () => 0,
  });
  const typed: string[] = [];
  let end: (exit: PtyExit) => void = () => {};
  const pty: Pty = {
    pid: undefined,
    async write(bytes) {
      typed.push(Buffer.from(bytes).toString());
    },
    async resize() {},
    async kill() {
      end({ code: undefined, reason: "It was closed." });
    },
    ...(kept ? { kept: async () => kept() } : {}),
    exited: new Promise((resolve) => {
      end = resolve;
    }),
  };
  session.attach(pty);
  const record = {
    ...{ id, name: id, label: "sh", where: "host", createdAt: 0, mark: id, persists: kept !== undefined },
    ...(watches ? { watches } : {}),
  };
  return {
    known: { session, record },
    session,
    typed,
    async writes(text) {
      session.output(Buffer.from(text));
      await session.screen.settled();
    },
    async ends(exit) {
      end(exit);
      await session.ended;
    },
  };
}
