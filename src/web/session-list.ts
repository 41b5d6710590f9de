import type { PtyExit } from "../terminal/pty.ts";
import type { TerminalSession } from "../terminal/session.ts";
import type { WebNeeds } from "./needs.ts";

/** A session as the page sees it. */
export function sessionView(session: TerminalSession) {
  const { id, name, label, where, command, exit, title, columns, rows, viewers, lastOutput, lastInput } =
    session;
  const state = exit ? "ended" : "running";
  return {
    ...{ id, name, label, where, command: command ?? null, state, exit: exit ? exitView(exit) : null },
    ...{ title, columns, rows, viewers, lastOutput, lastInput },
  };
}

/** How a session ended, as the page sees it. */
export function exitView({ code, reason, lost }: PtyExit) {
  return { code: code ?? null, reason: reason ?? null, lost: lost === true };
}

/** All that the page's list shows. */
export async function listView({ sessions, status }: Pick<WebNeeds, "sessions" | "status">) {
  const hosts = await sessions.hosts();
  const { job, queue, cases, recent } = status();
  return { sessions: sessions.list().map(sessionView), job, queue, cases, recent, hosts };
}
