import type { Log } from "../log.ts";
import type { Agent, AgentEvent, Failure, Turn } from "./agent.ts";
import { safeEvents } from "./safe-events.ts";

/** A turn that is over before anything was started. */
export function failedTurn(failure: Failure, onEvent: (event: AgentEvent) => void, log: Log): Turn {
  // Later, so that the caller has the turn in hand when the event comes.
  const ended = Promise.resolve().then(() => safeEvents(onEvent, log)({ kind: "failed", failure }));
  return {
    answer: () => false,
    steer: async () => false,
    setMode: async () => false,
    activity: async () => ({ processes: 0, cpuMs: 0 }),
    cancel: () => ended,
    ended,
  };
}

/** Stands in for a shell that somebody may not use, and says why. */
export function refusingShell(reason: string, log: Log): Agent {
  return {
    name: "shell",
    output: "raw",
    run: (_, onEvent) => failedTurn({ code: "config", message: reason }, onEvent, log),
    slashCommands: async () => [],
    models: async () => [],
  };
}
