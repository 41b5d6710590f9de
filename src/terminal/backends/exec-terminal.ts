import { setTimeout as sleep } from "node:timers/promises";
import type { PtyExit, PtyRequest } from "../pty.ts";
import { fateOf, type KnownContainer } from "./container-fate.ts";
import { ANY_SHELL } from "./container-shell.ts";
import type { ContainerTerminal, ExecNote } from "./container-terminal.ts";
import { endInContainer, TERMINAL_VARIABLE } from "./end-in-container.ts";
import type { Engine } from "./engine-api.ts";

/** How long a program may be told to be running after its connection was closed. */
const STILL_RUNNING_MS = 1_000;
/** A program that was killed by SIGKILL: by somebody, or because its container is being stopped. */
const KILLED = 137;
const STOPPING_MS = 1_000;
/** What a shell, and so the engine, says of a program that is not there or cannot be run. */
const NOT_STARTED = [126, 127];

/** Makes a program in a container that runs, without starting it. @throws as `Engine.call`. */
export async function createExec(
  engine: Engine,
  container: KnownContainer,
  request: PtyRequest,
): Promise<ExecNote> {
  const { command, columns, rows, mark } = request;
  const { Id } = (await engine.call("POST", `/containers/${container.id}/exec`, {
    ...{ AttachStdin: true, AttachStdout: true, AttachStderr: true, Tty: true },
    Cmd: command.length > 0 ? command : ANY_SHELL,
    Env: [...terminalEnv(request), `${TERMINAL_VARIABLE}=${mark}`],
    ConsoleSize: [rows, columns],
  })) as { Id: string };
  return { exec: Id, container, mark };
}

export function execTerminal(engine: Engine, { exec, container, mark }: ExecNote): ContainerTerminal {
  const path = `/exec/${exec}`;
  const end = () => endInContainer(engine, container.id, mark);
  return {
    path,
    start: ({ columns, rows }) =>
      engine.hijack(`${path}/start`, { Detach: false, Tty: true, ConsoleSize: [rows, columns] }),
    howItEnded: () => howItEnded(engine, path, container, end),
    end,
  };
}

/** What programs have to know of the terminal. */
export function terminalEnv({ env }: PtyRequest): string[] {
  return [`TERM=${env.TERM || "xterm-256color"}`, "COLORTERM=truecolor"];
}

async function howItEnded(
  engine: Engine,
  path: string,
  container: KnownContainer,
  end: () => Promise<boolean>,
): Promise<PtyExit> {
  const code = await exitCode(engine, path);
  if (code === undefined || code === KILLED) {
    const fate = await fateOf(engine, container, code === KILLED ? STOPPING_MS : 0);
    if (fate) return fate;
  }
  if (code === undefined) {
    await end().catch(() => false);
    return { code, reason: "The connection to Docker was lost.", lost: true };
  }
  if (NOT_STARTED.includes(code))
    return { code, reason: `The program was not found in ${container.name}, or cannot be run there.` };
  return { code };
}

/** Undefined when the engine does not know it, or says that the program still runs. */
async function exitCode(engine: Engine, path: string): Promise<number | undefined> {
  for (const deadline = performance.now() + STILL_RUNNING_MS; performance.now() < deadline; ) {
    try {
      const { Running, ExitCode } = (await engine.call("GET", `${path}/json`)) as {
        Running: boolean;
        ExitCode: number | null;
      };
      if (!Running && ExitCode !== null) return ExitCode;
    } catch {
      return undefined;
    }
    await sleep(25);
  }
  return undefined;
}
