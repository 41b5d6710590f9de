import { childEnv } from "../agents/process/child-env.ts";
import { userShell } from "../agents/shell/launch.ts";
import { HOST, whereWord } from "./backends.ts";
import type { PtyRequest } from "./pty.ts";
import type { KnownSession, RegistryOptions } from "./registry.ts";

/**
 * What a session's program is started with: in the project's folder, without what must not reach it.
 * @param command A command line for the shell there; undefined: the shell itself.
 */
export function ptyRequest(
  { session, record: { id, mark, where } }: KnownSession,
  command: string | undefined,
  { env, hidden, folder }: Pick<RegistryOptions, "env" | "hidden" | "folder">,
): PtyRequest {
  // COLUMNS and LINES of the bridge's own terminal would be believed rather than the terminal's size.
  const { COLUMNS, LINES, TMUX, TMUX_PANE, ...rest } = childEnv(env(), hidden(), mark);
  const own = { TERM: "xterm-256color", COLORTERM: "truecolor", NANOGENT_SESSION: id };
  // Elsewhere the user's shell may not be there.
  const shell = where === whereWord(HOST) ? userShell(rest.SHELL) : "/bin/sh";
  return {
    command: command === undefined ? [] : [shell, "-c", command],
    cwd: folder,
    env: { ...rest, ...own },
    ...{ columns: session.columns, rows: session.rows },
    mark,
    onData: (chunk) => session.output(chunk),
  };
}
