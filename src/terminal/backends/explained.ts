import type { Pty, PtyExit } from "../pty.ts";

/**
 * A terminal whose end is told by what the program in it has said.
 * @param local The terminal of the program that leads elsewhere.
 * @param explain Called with its end. `stands` says whether that is told as it is: it was killed, or what is lost is not the
 * connection, but what the program ran in.
 */
export function explained(
  local: Pty,
  explain: (exit: PtyExit, stands: () => boolean) => Promise<PtyExit>,
): Pty {
  let isKilled = false;
  const exited = local.exited.then((exit) => explain(exit, () => isKilled || exit.lost === true));
  return {
    ...local,
    async kill() {
      isKilled = true;
      await local.kill();
      await exited;
    },
    exited,
  };
}
