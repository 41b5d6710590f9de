import { setTimeout as sleep } from "node:timers/promises";
import type { PtyExit } from "../pty.ts";
import { type Engine, EngineError } from "./engine-api.ts";

/** A container as it was when the terminal was opened. */
export interface KnownContainer {
  readonly id: string;
  readonly name: string;
  /** Another time than this says that it was started anew, with all that ran in it gone. */
  readonly startedAt: string;
}

/** What the engine says of a container that runs. @throws as `Engine.call`. */
export async function lookAt(engine: Engine, id: string, name: string): Promise<KnownContainer> {
  const { startedAt } = await stateOf(engine, id);
  return { id, name, startedAt };
}

/**
 * Why a terminal in this container was cut: the container or the engine is gone. Undefined when both are as they were.
 * A container that is being stopped has ended its programs a moment before it says so: it is looked at for `ms`.
 */
export async function fateOf(
  engine: Engine,
  { id, name, startedAt }: KnownContainer,
  ms: number,
): Promise<PtyExit | undefined> {
  const lost = (reason: string): PtyExit => ({ code: undefined, reason, lost: true });
  const deadline = performance.now() + ms;
  while (true) {
    try {
      const state = await stateOf(engine, id);
      // One that is being removed is stopped first.
      if (!state.isRunning) return lost(`The container ${name} was stopped or removed.`);
      if (state.startedAt !== startedAt) return lost(`The container ${name} was started anew.`);
    } catch (error) {
      const isGone = error instanceof EngineError && error.status === 404;
      return lost(
        isGone ? `The container ${name} was stopped or removed.` : "Docker does not answer any more.",
      );
    }
    if (performance.now() > deadline) return undefined;
    await sleep(50);
  }
}

async function stateOf(engine: Engine, id: string): Promise<{ isRunning: boolean; startedAt: string }> {
  const { State } = (await engine.call("GET", `/containers/${id}/json`)) as {
    State?: { Running?: boolean; StartedAt?: string };
  };
  return { isRunning: State?.Running === true, startedAt: State?.StartedAt ?? "" };
}
