import { endOrphans } from "../agents/process/tree.ts";
import type { Log } from "../log.ts";
import type { Backend, Pty, PtyExit } from "./pty.ts";
import type { SessionRecord } from "./state-file.ts";
import type { HeldSession } from "./terminal-session.ts";
import type { TmuxServer } from "./tmux/server.ts";
import { findInTmux } from "./tmux/tmux-pty.ts";

/** Size, and where its output begins to be counted. */
export interface SessionShape {
  readonly columns: number;
  readonly rows: number;
  readonly position?: number;
}

export interface RestoringOptions {
  readonly tmux: TmuxServer;
  /** @throws BackendError */
  readonly backendOf: (where: string) => Promise<Backend>;
  /** What the session has kept beside its terminal. */
  readonly folderOf: (id: string) => string;
  readonly hold: (record: SessionRecord, shape: SessionShape) => HeldSession;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: Log;
}

/** Of a terminal for which no other one is asked, or known. */
export const SIZE = { columns: 80, rows: 24 };

/**
 * Takes over a session that an earlier life of the bridge has left: in tmux it goes on, else it has ended with that life,
 * and what is left of its processes is ended. One that ended earlier is only to be told. Never rejects.
 * @returns false when tmux may have it, but does not give it: then nothing has changed.
 */
export async function restoreSession(
  record: SessionRecord,
  isInTmux: boolean,
  options: RestoringOptions,
): Promise<boolean> {
  const { backendOf, hold, log, tmux } = options;
  const { id, where, exit } = record;
  if (exit) {
    hold(record, SIZE).attach(endedPty(exit));
    return true;
  }
  const backend = record.persists
    ? await backendOf(where).catch((error) => log.warn("place of a terminal not found", { id, error }))
    : undefined;
  try {
    if (isInTmux) {
      await takeOver(record, backend ?? undefined, options);
      return true;
    }
  } catch (error) {
    log.warn("terminal not found again", { id, error });
    // Its program is not to be ended before tmux has said that it does not have it.
    const there = await tmux.sessions().catch(() => undefined);
    if (!there || there.includes(id)) return false;
  }
  await lose(record, backend ?? undefined, options);
  return true;
}

async function takeOver(
  record: SessionRecord,
  backend: Backend | undefined,
  options: RestoringOptions,
): Promise<void> {
  const { tmux, hold, now } = options;
  // Positions of an earlier life must not mean anything in this one.
  const position = now() * 1_000;
  let session: HeldSession | undefined;
  // It may write before the screen is there.
  const early: Buffer[] = [];
  const { shown, pty, ...size } = await findInTmux(tmux, record.id, {
    mark: record.mark,
    onData: (chunk) => (session ? session.output(chunk) : void early.push(chunk)),
  });
  session = hold(record, { ...size, position });
  for (const chunk of [shown, ...early]) session.output(chunk);
  session.attach(left(record, pty, session, backend, options));
}

async function lose(
  record: SessionRecord,
  backend: Backend | undefined,
  options: RestoringOptions,
): Promise<void> {
  await endOrphans(undefined, record.mark);
  const session = options.hold(record, SIZE);
  const exit: PtyExit = record.persists
    ? { code: undefined, reason: "It is gone: tmux, in which it ran, has ended.", lost: true }
    : { code: undefined, reason: "It ended with the bridge, since it did not run in tmux." };
  session.attach(left(record, endedPty(exit), session, backend, options));
}

function left(
  { id, mark }: SessionRecord,
  pty: Pty,
  session: HeldSession,
  backend: Backend | undefined,
  { folderOf }: RestoringOptions,
): Pty {
  const lastLine = () => lastLineOf(session);
  return backend ? backend.takeOver({ pty, mark, folder: folderOf(id), lastLine }) : pty;
}

async function lastLineOf({ screen }: HeldSession): Promise<string> {
  await screen.settled();
  const { active } = screen.terminal.buffer;
  const rows = Array.from({ length: active.length }, (_, row) =>
    (active.getLine(row)?.translateToString(true) ?? "").trim(),
  );
  return rows.findLast((row) => row !== "") ?? "";
}

function endedPty(exit: PtyExit): Pty {
  return {
    pid: undefined,
    write: () => Promise.reject(new Error("The program has ended.")),
    resize: async () => {},
    kill: async () => {},
    exited: Promise.resolve(exit),
  };
}
