import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { PtyExit, PtyRequest } from "../pty.ts";
import { ANY_SHELL } from "./container-shell.ts";
import type { ContainerTerminal, OwnContainerNote } from "./container-terminal.ts";
import { type Engine, EngineError } from "./engine-api.ts";
import { terminalEnv } from "./exec-terminal.ts";

/** Whose a container is: the state of the bridge, of which a project may have two, and the mark of the terminal. */
export const STATE_LABEL = "nanogent.state";
export const TERMINAL_LABEL = "nanogent.terminal";

const MEMORY_BYTES = 2 * 1024 ** 3;
const MOST_PROCESSES = 512;
const ENDING_MS = 1_000;
/** What installing a package takes; a user other than root has none of them. */
const CAPABILITIES = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"];

export interface OwnContainerOptions {
  readonly image: string;
  /** The project's folder, absolute: it is there in the container too, and can be written to. */
  readonly folder: string;
  /** Where the bridge keeps its state, absolute. */
  readonly state: string;
}

/** Makes a container of a terminal's own, without starting it. @throws as `Engine.call`. */
export async function createOwnContainer(
  engine: Engine,
  options: OwnContainerOptions,
  request: PtyRequest,
): Promise<OwnContainerNote> {
  const wanted = containerOf(options, request, await userFor(engine));
  const { Id } = (await engine.call("POST", "/containers/create", wanted)) as { Id: string };
  return { own: Id };
}

export function ownContainerTerminal(engine: Engine, { own }: OwnContainerNote): ContainerTerminal {
  const path = `/containers/${own}`;
  const end = () =>
    removeContainer(engine, own).then(
      () => true,
      () => false,
    );
  return {
    path,
    async start() {
      // Before the start, so that none of the output is missed.
      const socket = await engine.hijack(`${path}/attach?stream=1&stdin=1&stdout=1&stderr=1`);
      try {
        await engine.call("POST", `${path}/start`);
      } catch (error) {
        socket.destroy();
        throw error;
      }
      return socket;
    },
    async howItEnded() {
      const exit = await containerEnd(engine, path);
      await end();
      return exit;
    },
    end,
  };
}

function containerOf(
  { image, folder, state }: OwnContainerOptions,
  request: PtyRequest,
  user: string | undefined,
): object {
  const { command, columns, rows, mark } = request;
  const target = mountPoint(folder);
  return {
    Image: image,
    Entrypoint: [],
    Cmd: command.length > 0 ? command : ANY_SHELL,
    ...{ Tty: true, OpenStdin: true, AttachStdin: true, AttachStdout: true, AttachStderr: true },
    // The user may have no home there.
    Env: [...terminalEnv(request), "HOME=/tmp"],
    ...(user === undefined ? {} : { User: user }),
    WorkingDir: target,
    Labels: { [STATE_LABEL]: state, [TERMINAL_LABEL]: mark },
    HostConfig: {
      Mounts: [{ Type: "bind", Source: folder, Target: target }, ...hidden(folder, target)],
      Memory: MEMORY_BYTES,
      PidsLimit: MOST_PROCESSES,
      CapDrop: ["ALL"],
      CapAdd: CAPABILITIES,
      SecurityOpt: ["no-new-privileges"],
      ConsoleSize: [rows, columns],
    },
  };
}

/** What is the bridge's own, such as its token, is not for what runs in a container. */
function hidden(folder: string, target: string): object[] {
  const isThere = (name: string): boolean => existsSync(join(folder, name));
  return [
    ...(isThere(".env")
      ? [{ Type: "bind", Source: "/dev/null", Target: `${target}/.env`, ReadOnly: true }]
      : []),
    ...(isThere(".nanogent") ? [{ Type: "tmpfs", Target: `${target}/.nanogent` }] : []),
  ];
}

/**
 * The project's files are to belong to the one whose project it is. In an engine without root that is who is root inside.
 */
async function userFor(engine: Engine): Promise<string | undefined> {
  const { SecurityOptions } = (await engine.call("GET", "/info")) as { SecurityOptions?: unknown };
  if (Array.isArray(SecurityOptions) && SecurityOptions.includes("name=rootless")) return "0:0";
  const user = process.getuid?.();
  return user === undefined ? undefined : `${user}:${process.getgid?.() ?? user}`;
}

/** The same path as outside, so that what programs print is true there too; unless it would hide the image's own files. */
export function mountPoint(folder: string): string {
  const hides = /^\/((bin|boot|dev|etc|lib\w*|proc|run|sbin|sys|usr)(\/|$)|$)/.test(folder);
  return hides || !folder.startsWith("/") ? "/work" : folder;
}

/** A container whose terminal was closed has ended, or is about to. */
async function containerEnd(engine: Engine, path: string): Promise<PtyExit> {
  const lost = (reason: string): PtyExit => ({ code: undefined, reason, lost: true });
  for (const deadline = performance.now() + ENDING_MS; performance.now() < deadline; ) {
    try {
      const { State } = (await engine.call("GET", `${path}/json`)) as {
        State: { Running: boolean; ExitCode: number; OOMKilled: boolean };
      };
      if (!State.Running && State.OOMKilled)
        return { code: State.ExitCode, reason: "It needed more than 2 GB of memory." };
      if (!State.Running) return { code: State.ExitCode };
    } catch (error) {
      const isGone = error instanceof EngineError && error.status === 404;
      return lost(isGone ? "The container was removed." : "Docker does not answer any more.");
    }
    await sleep(25);
  }
  return lost("The connection to Docker was lost.");
}

/** With all that was done in it. @throws as `Engine.call`. */
export async function removeContainer(engine: Engine, id: string): Promise<void> {
  await engine.call("DELETE", `/containers/${id}?force=1&v=1`);
}
