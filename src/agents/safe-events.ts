import type { Log } from "../log.ts";
import type { AgentEvent } from "./agent.ts";

/** Hands events on. What is thrown there is logged: in the callback of a program's stream it would end the bridge. */
export function safeEvents(onEvent: (event: AgentEvent) => void, log: Log): (event: AgentEvent) => void {
  return (event) => {
    try {
      onEvent(event);
    } catch (error) {
      log.error("agent event not handled", { kind: event.kind, error });
    }
  };
}
