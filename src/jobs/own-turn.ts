import type { Agent, OwnTurn } from "../agents/agent.ts";

/** The agent, with a turn that it has begun by itself as its next one. Tried again, it is an ordinary turn. */
export function ownTurn(
  agent: Agent,
  begin: OwnTurn,
): { readonly agent: Agent; readonly isBegun: () => boolean } {
  let own: OwnTurn | undefined = begin;
  return {
    agent: {
      ...agent,
      run(request, onEvent) {
        const first = own;
        own = undefined;
        return first ? first(request, onEvent) : agent.run(request, onEvent);
      },
    },
    isBegun: () => own === undefined,
  };
}
