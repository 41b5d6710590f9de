import { connect } from "node:net";
import { join } from "node:path";

/** Of the project's own server. */
export function serverName(project: string): string {
  return `nanogent-${project}`;
}

/** Whether there is a server of this name, without starting any program. Never rejects. */
export function isServed(name: string, { TMUX_TMPDIR }: NodeJS.ProcessEnv): Promise<boolean> {
  return new Promise((resolve) => {
    const path = join(TMUX_TMPDIR || "/tmp", `tmux-${process.getuid?.()}`, name);
    const socket = connect(path, () => resolve(true));
    socket.once("connect", () => socket.destroy()).once("error", () => resolve(false));
  });
}
