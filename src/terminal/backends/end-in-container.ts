import { setTimeout as sleep } from "node:timers/promises";
import type { Engine } from "./engine-api.ts";

/** The variable that marks every process of a terminal in a container. */
export const TERMINAL_VARIABLE = "NANOGENT_TERMINAL";

const HANG_UP_MS = 1_000;
const KILL_MS = 2_000;

/** Signals whatever carries the mark; its exit code is 1 when there was something. */
const SIGNAL = `
found=0
for entry in /proc/[0-9]*; do
  if tr '\\0' '\\n' 2>/dev/null <"$entry/environ" | grep -qxF "${TERMINAL_VARIABLE}=$1"; then
    found=1
    kill -"$2" "\${entry#/proc/}" 2>/dev/null
  fi
done
exit $found`;

/**
 * Ends all that a terminal has started in a container. The engine has no call for that, so that a second program is started
 * there to do it: first as when a terminal is closed, then by force.
 * @param mark Letters, digits, `-` and `.`; the terminal's own.
 * @returns false when the container has no shell to do it with, or something is left.
 * @throws as `Engine.call`.
 */
export async function endInContainer(engine: Engine, containerId: string, mark: string): Promise<boolean> {
  for (const [first, again, ms] of [
    ["HUP", "0", HANG_UP_MS],
    ["KILL", "KILL", KILL_MS],
  ] as const) {
    let code = await signal(engine, containerId, mark, first);
    for (const deadline = performance.now() + ms; code === 1 && performance.now() < deadline; ) {
      await sleep(50);
      code = await signal(engine, containerId, mark, again);
    }
    if (code !== 1) return code === 0;
  }
  return false;
}

async function signal(engine: Engine, containerId: string, mark: string, name: string): Promise<number> {
  const { Id } = (await engine.call("POST", `/containers/${containerId}/exec`, {
    Cmd: ["/bin/sh", "-c", SIGNAL, "sh", mark, name],
  })) as { Id: string };
  await engine.call("POST", `/exec/${Id}/start`, { Detach: true });
  while (true) {
    const { Running, ExitCode } = (await engine.call("GET", `/exec/${Id}/json`)) as {
      Running: boolean;
      ExitCode: number | null;
    };
    if (!Running && ExitCode !== null) return ExitCode;
    await sleep(20);
  }
}
