import { type Backend, BackendError, type Keep, type Pty, type PtyRequest } from "../pty.ts";
import { containerTerminal, startHere } from "./container-terminal.ts";
import { refused } from "./docker.ts";
import { dockerEngine, type Engine, EngineError } from "./engine-api.ts";
import { openKept, takeOverKept } from "./kept-container.ts";
import { createOwnContainer, PROJECT_LABEL, removeContainer, TERMINAL_LABEL } from "./own-container.ts";

export interface ThrowawayOptions {
  /** `NANOGENT_DOCKER_IMAGE`. */
  readonly image: string | undefined;
  /** The project's folder, absolute: it is there in the container too, and can be written to. */
  readonly folder: string;
  /** Tells where the engine is. The container gets nothing of it. */
  readonly env: NodeJS.ProcessEnv;
}

/** Each terminal in a container of its own, which is removed with all that was done in it outside of the project. */
export function throwawayBackend(options: ThrowawayOptions): Backend {
  const { env, image } = options;
  return {
    name: "docker",
    open: async (request, keep) => {
      if (image === undefined)
        throw new BackendError(
          "There is no image for a container of its own.",
          "Set NANOGENT_DOCKER_IMAGE, such as node:22, or name a container: docker:NAME",
        );
      try {
        return await openContainer(dockerEngine(env), image, options, request, keep);
      } catch (error) {
        return refused(error);
      }
    },
    canKeep: async () => true,
    takeOver: (left) => takeOverKept(left, env),
  };
}

/**
 * Removes the containers that an earlier life of the bridge has left behind. Only for the bridge that holds the project.
 * @param kept The marks of terminals that go on: whoever takes them over removes their containers at their end.
 * @returns how many there were. @throws BackendError when the engine cannot be reached.
 */
export async function removeLeftContainers(
  folder: string,
  env: NodeJS.ProcessEnv,
  kept: readonly string[],
): Promise<number> {
  const engine = dockerEngine(env);
  const filters = encodeURIComponent(JSON.stringify({ label: [`${PROJECT_LABEL}=${folder}`] }));
  const all = await engine.call("GET", `/containers/json?all=1&filters=${filters}`).catch(refused);
  const left = (Array.isArray(all) ? all : []).filter(
    ({ Labels }) => !kept.includes(String(Labels?.[TERMINAL_LABEL])),
  );
  await Promise.all(left.map(({ Id }) => removeContainer(engine, String(Id)).catch(() => {})));
  return left.length;
}

async function openContainer(
  engine: Engine,
  image: string,
  options: ThrowawayOptions,
  request: PtyRequest,
  keep: Keep | undefined,
): Promise<Pty> {
  const note = await createOwnContainer(engine, image, options.folder, request).catch((error) => {
    if (error instanceof EngineError && error.status === 404)
      throw new BackendError(`Docker does not have the image ${image}.`, `Run: docker pull ${image}`);
    throw error;
  });
  const terminal = containerTerminal(engine, note);
  try {
    if (keep) return await openKept(note, request, keep, options.env);
    return await startHere(engine, terminal, request);
  } catch (error) {
    await terminal.end();
    throw error;
  }
}
