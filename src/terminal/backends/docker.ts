import { type Backend, BackendError } from "../pty.ts";
import { lookAt } from "./container-fate.ts";
import { containerTerminal, startHere } from "./container-terminal.ts";
import { findContainer, listContainers } from "./containers.ts";
import { dockerEngine, EngineError } from "./engine-api.ts";
import { createExec } from "./exec-terminal.ts";
import { openKept, takeOverKept } from "./kept-container.ts";

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
    open: async (request, keep) => {
      const engine = dockerEngine(env);
      try {
        const { id, name: found } = await findContainer(engine, name);
        const note = await createExec(engine, await lookAt(engine, id, found), request);
        if (keep) return await openKept(note, request, keep, env);
        return await startHere(engine, containerTerminal(engine, note), request);
      } catch (error) {
        return refused(error);
      }
    },
    canKeep: async () => true,
    takeOver: (left) => takeOverKept(left, env),
  };
}

/** @throws what went wrong, as the chat can tell it. */
export function refused(error: unknown): never {
  if (error instanceof EngineError) throw new BackendError(`Docker refuses: ${error.message}`);
  throw error;
}
