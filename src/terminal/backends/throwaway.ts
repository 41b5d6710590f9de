import { type Backend, BackendError, type Keep, type Pty, type PtyRequest } from "../pty.ts";
import { containerTerminal, startHere } from "./container-terminal.ts";
import { refused } from "./docker.ts";
import { dockerEngine, type Engine, EngineError } from "./engine-api.ts";
import { openKept, takeOverKept } from "./kept-container.ts";
import {
  createOwnContainer,
  type OwnContainerOptions,
  removeContainer,
  STATE_LABEL,
  TERMINAL_LABEL,
} from "./own-container.ts";

export interface ThrowawayOptions extends Omit<OwnContainerOptions, "image"> {
  /** `NANOGENT_DOCKER_IMAGE`. */
  readonly image: string | undefined;
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
        return await openContainer(dockerEngine(env), { ...options, image }, request, keep);
      } catch (error) {
        return refused(error);
      }
    },
    canKeep: async () => true,
    takeOver: (left) => takeOverKept(left, env),
  };
}

/**
 * Removes the containers that an earlier life of the bridge has left behind. Only for the one that holds the state.
 * @param kept The marks of terminals that go on: whoever takes them over removes their containers at their end.
 * @returns how many there were. @throws BackendError when the engine cannot be reached.
 */
export async function removeLeftContainers(
  state: string,
  env: NodeJS.ProcessEnv,
  kept: readonly string[],
): Promise<number> {
  const engine = dockerEngine(env);
  const filters = encodeURIComponent(JSON.stringify({ label: [`${STATE_LABEL}=${state}`] }));
  const all = await engine.call("GET", `/containers/json?all=1&filters=${filters}`).catch(refused);
  const left = (Array.isArray(all) ? all : []).filter(
    ({ Labels }) => !kept.includes(String(Labels?.[TERMINAL_LABEL])),
  );
  await Promise.all(left.map(({ Id }) => removeContainer(engine, String(Id)).catch(() => {})));
  return left.length;
}

async function openContainer(
  engine: Engine,
  options: OwnContainerOptions & Pick<ThrowawayOptions, "env">,
  request: PtyRequest,
  keep: Keep | undefined,
): Promise<Pty> {
  const note = await createOwnContainer(engine, options, request).catch((error) => {
    if (error instanceof EngineError && error.status === 404)
      throw new BackendError(
        `Docker does not have the image ${options.image}.`,
        `Run: docker pull ${options.image}`,
      );
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
