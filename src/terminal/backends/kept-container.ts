import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  BackendError,
  type Keep,
  type LeftTerminal,
  type Pty,
  type PtyExit,
  type PtyRequest,
} from "../pty.ts";
import { type ContainerNote, containerTerminal } from "./container-terminal.ts";
import { dockerEngine } from "./engine-api.ts";

/** nanogent, as it was started. */
const SELF = process.argv[1] ?? "";

/** What the bridge and the program in between tell each other, in the session's folder. */
const NOTE = "container.json";
const STARTED = "started";
const EXIT = "exit.json";

/** The program gets what leads it to the engine, and nothing else of the bridge's environment. */
const ENVIRONMENT = ["PATH", "HOME", "LANG", "XDG_RUNTIME_DIR", "DOCKER_HOST", "DOCKER_CONTEXT"];
const MORE_ENVIRONMENT = ["DOCKER_CONFIG", "DOCKER_TLS_VERIFY"];
/** How long the program may take to end by itself when what it shows has ended. */
const ENDING_MS = 3_000;

/**
 * Starts what has been made in the engine by a program of its own, which outlives the bridge.
 * @param env Tells where the engine is.
 * @throws BackendError when it does not start.
 */
export async function openKept(
  note: ContainerNote,
  request: PtyRequest,
  { openPty, folder }: Keep,
  env: NodeJS.ProcessEnv,
): Promise<Pty> {
  writeFileSync(join(folder, NOTE), JSON.stringify(note), { mode: 0o600 });
  const own = [...ENVIRONMENT, ...MORE_ENVIRONMENT].flatMap((name) => (env[name] ? [[name, env[name]]] : []));
  const local = await openPty({
    ...request,
    command: [process.execPath, ...process.execArgv, SELF, "container-terminal", folder],
    env: { ...Object.fromEntries(own), TERM: request.env.TERM },
  });
  const pty = explained(local, folder, () => end(note, env));
  let hasEnded = false;
  void pty.exited.then(() => {
    hasEnded = true;
  });
  while (!hasEnded && !existsSync(join(folder, STARTED))) await sleep(20);
  if (existsSync(join(folder, STARTED))) return pty;
  const { reason = "The program that leads to Docker has ended." } = await pty.exited;
  throw new BackendError(reason);
}

/** @param env Tells where the engine is. */
export function takeOverKept({ pty, folder }: LeftTerminal, env: NodeJS.ProcessEnv): Pty {
  const note = readJson<ContainerNote>(folder, NOTE);
  return note === undefined ? pty : explained(pty, folder, () => end(note, env));
}

/** What is to be started. @throws Error when the session is gone. */
export function readNote(folder: string): ContainerNote {
  const note = readJson<ContainerNote>(folder, NOTE);
  if (note === undefined) throw new BackendError("This terminal has ended.");
  return note;
}

export function tellStarted(folder: string): void {
  writeFileSync(join(folder, STARTED), "");
}

/** Of how it ended the code alone would not tell all. */
export function tellExit(folder: string, exit: PtyExit): void {
  writeFileSync(join(folder, EXIT), JSON.stringify(exit), { mode: 0o600 });
}

function explained(local: Pty, folder: string, endThere: () => Promise<boolean>): Pty {
  let killing: Promise<boolean> | undefined;
  let hasEnded = false;
  const exited = local.exited.then(async (exit): Promise<PtyExit> => {
    hasEnded = true;
    const told = readJson<PtyExit>(folder, EXIT);
    if (killing) {
      const reason = "The terminal is closed, but its program may still run there.";
      return { code: undefined, reason: (await killing) ? "It was closed." : reason };
    }
    if (told) return { ...told, code: told.code };
    // The program in between was ended by force, and could not tidy up.
    await endThere().catch(() => false);
    return exit.lost ? exit : { code: undefined, reason: "The connection to Docker was lost.", lost: true };
  });
  return {
    ...local,
    async kill() {
      if (!hasEnded) killing ??= endThere().catch(() => false);
      await killing;
      await Promise.race([local.exited, sleep(ENDING_MS, undefined, { ref: false })]);
      await local.kill();
      await exited;
    },
    exited,
  };
}

async function end(note: ContainerNote, env: NodeJS.ProcessEnv): Promise<boolean> {
  return containerTerminal(dockerEngine(env), note).end();
}

function readJson<T>(folder: string, name: string): T | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, name), "utf8")) as T;
  } catch {
    return undefined;
  }
}
