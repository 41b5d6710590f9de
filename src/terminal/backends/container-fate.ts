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
  // Which of these it was shows only later: one that is removed or started anew is stopped first.
  const stopped = lost(`The container ${name} was stopped, removed or started anew.`);
  const deadline = performance.now() + ms;
  while (true) {
    try {
      const state = await stateOf(engine, id);
      if (!state.isRunning || state.startedAt !== startedAt) return stopped;
    } catch (error) {
      const isGone = error instanceof EngineError && error.status === 404;
      return isGone ? stopped : lost("Docker does not answer any more.");
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
