import { setTimeout as sleep } from "node:timers/promises";
import { type Backend, BackendError, type PtyExit, type PtyRequest } from "../pty.ts";
import { fateOf, type KnownContainer, lookAt } from "./container-fate.ts";
import { ANY_SHELL } from "./container-shell.ts";
import { findContainer, listContainers } from "./containers.ts";
import { endInContainer, TERMINAL_VARIABLE } from "./end-in-container.ts";
import { dockerEngine, type Engine, EngineError } from "./engine-api.ts";
import { hijackedPty } from "./hijacked-pty.ts";

/** How long a program may be told to be running after its connection was closed. */
const STILL_RUNNING_MS = 1_000;
/** A program that was killed by SIGKILL: by somebody, or because its container is being stopped. */
const KILLED = 137;
const STOPPING_MS = 1_000;
/** What a shell, and so the engine, says of a program that is not there or cannot be run. */
const NOT_STARTED = [126, 127];

/** The containers that a terminal can be opened in, by name. @throws BackendError when the engine cannot be reached. */
export async function dockerHosts(env: NodeJS.ProcessEnv): Promise<string[]> {
  const all = await listContainers(dockerEngine(env)).catch(refused);
  return all.flatMap(({ name, isRunning }) => (isRunning && name !== "" ? [name] : [])).toSorted();
}

/**
 * Terminals in a container that runs already. Its programs get nothing of the bridge's environment.
 * @param name Its name, or the beginning of its id.
 * @param env Tells where the engine is: `DOCKER_HOST` or a context.
 */
export function dockerBackend(name: string, env: NodeJS.ProcessEnv): Backend {
  return {
    name: "docker",
    open: async (request) => {
      const engine = dockerEngine(env);
      try {
        const { id, name: found } = await findContainer(engine, name);
        return await openExec(engine, await lookAt(engine, id, found), request);
      } catch (error) {
        return refused(error);
      }
    },
  };
}

async function openExec(engine: Engine, container: KnownContainer, request: PtyRequest) {
  const { command, columns, rows, mark } = request;
  const size = { ConsoleSize: [rows, columns] };
  const created = await engine.call("POST", `/containers/${container.id}/exec`, {
    ...{ AttachStdin: true, AttachStdout: true, AttachStderr: true, Tty: true },
    Cmd: command.length > 0 ? command : ANY_SHELL,
    Env: [...terminalEnv(request), `${TERMINAL_VARIABLE}=${mark}`],
    ...size,
  });
  const { Id } = created as { Id: string };
  const path = `/exec/${Id}`;
  const socket = await engine.hijack(`${path}/start`, { Detach: false, Tty: true, ...size });
  const end = () => endInContainer(engine, container.id, mark);
  const howItEnded = () => execEnd(engine, path, container, end);
  const pty = hijackedPty({ engine, socket, request, path, howItEnded, end });
  // Engines before version 23 do not know the size at the start.
  await pty.resize(columns, rows);
  return pty;
}

/** What programs have to know of the terminal. */
export function terminalEnv({ env }: PtyRequest): string[] {
  return [`TERM=${env.TERM || "xterm-256color"}`, "COLORTERM=truecolor"];
}

async function execEnd(
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

/** @throws what went wrong, as the chat can tell it. */
export function refused(error: unknown): never {
  if (error instanceof EngineError) throw new BackendError(`Docker refuses: ${error.message}`);
  throw error;
}
