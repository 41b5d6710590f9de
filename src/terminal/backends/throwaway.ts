import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { type Backend, BackendError, type Pty, type PtyExit, type PtyRequest } from "../pty.ts";
import { ANY_SHELL } from "./container-shell.ts";
import { refused, terminalEnv } from "./docker.ts";
import { dockerEngine, type Engine, EngineError } from "./engine-api.ts";
import { hijackedPty } from "./hijacked-pty.ts";

export interface ThrowawayOptions {
  /** `NANOGENT_DOCKER_IMAGE`. */
  readonly image: string;
  /** The project's folder, absolute: it is there in the container too, and can be written to. */
  readonly folder: string;
  /** Tells where the engine is. The container gets nothing of it. */
  readonly env: NodeJS.ProcessEnv;
}

const LABEL = "nanogent.project";
const MEMORY_BYTES = 2 * 1024 ** 3;
const MOST_PROCESSES = 512;
const ENDING_MS = 1_000;
/** What installing a package takes; a user other than root has none of them. */
const CAPABILITIES = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"];

/** Each terminal in a container of its own, which is removed with all that was done in it outside of the project. */
export function throwawayBackend({ image, folder, env }: ThrowawayOptions): Backend {
  return {
    name: "docker",
    open: async (request) => {
      const engine = dockerEngine(env);
      try {
        return await openContainer(engine, image, folder, request);
      } catch (error) {
        if (error instanceof EngineError && error.status === 404)
          throw new BackendError(`Docker does not have the image ${image}.`, `Run: docker pull ${image}`);
        return refused(error);
      }
    },
  };
}

/**
 * Removes the containers that a bridge of this project has left behind, which was killed. Only for the bridge that holds
 * the project. @returns how many there were. @throws BackendError when the engine cannot be reached.
 */
export async function removeLeftContainers(folder: string, env: NodeJS.ProcessEnv): Promise<number> {
  const engine = dockerEngine(env);
  const filters = encodeURIComponent(JSON.stringify({ label: [`${LABEL}=${folder}`] }));
  const left = await engine.call("GET", `/containers/json?all=1&filters=${filters}`).catch(refused);
  const ids = (Array.isArray(left) ? left : []).map(({ Id }) => String(Id));
  await Promise.all(ids.map((id) => remove(engine, id).catch(() => {})));
  return ids.length;
}

async function openContainer(
  engine: Engine,
  image: string,
  folder: string,
  request: PtyRequest,
): Promise<Pty> {
  const { Id } = (await engine.call(
    "POST",
    "/containers/create",
    containerOf(image, folder, request, await userFor(engine)),
  )) as { Id: string };
  const path = `/containers/${Id}`;
  let socket: Duplex | undefined;
  try {
    // Before the start, so that none of the output is missed.
    socket = await engine.hijack(`${path}/attach?stream=1&stdin=1&stdout=1&stderr=1`);
    await engine.call("POST", `${path}/start`);
  } catch (error) {
    socket?.destroy();
    await remove(engine, Id).catch(() => {});
    throw error instanceof EngineError ? new BackendError(`Docker refuses: ${error.message}`) : error;
  }
  const end = () =>
    remove(engine, Id).then(
      () => true,
      () => false,
    );
  const howItEnded = async (): Promise<PtyExit> => {
    const exit = await containerEnd(engine, path);
    await end();
    return exit;
  };
  const pty = hijackedPty({ engine, socket, request, path, howItEnded, end });
  // Engines before version 23 do not know the size at the start.
  await pty.resize(request.columns, request.rows);
  return pty;
}

function containerOf(image: string, folder: string, request: PtyRequest, user: string | undefined): object {
  const { command, columns, rows } = request;
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
    Labels: { [LABEL]: folder },
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

async function remove(engine: Engine, id: string): Promise<void> {
  await engine.call("DELETE", `/containers/${id}?force=1&v=1`);
}
