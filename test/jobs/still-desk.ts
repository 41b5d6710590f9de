import type { Agent } from "../../src/agents/agent.ts";
import { onlyAgent } from "../../src/agents/choose.ts";
import type { Messenger } from "../../src/chat/messenger.ts";
import { Requests } from "../../src/chat/requests/requests.ts";
import { systemClock } from "../../src/clock.ts";
import { Desk } from "../../src/jobs/desk.ts";
import type { Log } from "../../src/log.ts";
import type { ProjectPaths } from "../../src/project.ts";
import type { Store } from "../../src/store.ts";

/** A desk whose queue stands still, and what recovery works with beside it. */
export async function stillDesk(
  agent: Agent,
  given: { messenger: Messenger; store: Store; log: Log; paths: ProjectPaths },
) {
  const fileRules = () => ({ folder: given.paths.folder, deny: [], secrets: [] });
  const context = {
    ...given,
    fileRules,
    clock: systemClock,
    redact: (text: string): string => text,
    notifyAfterMs: () => undefined,
  };
  const desk = new Desk({
    ...context,
    agents: onlyAgent(agent),
    shellFault: () => undefined,
    requests: new Requests({ ...context, remindMs: () => undefined }),
    settings: {
      permissions: "skip",
      model: undefined,
      timeoutMs: undefined,
      stallMs: undefined,
      parallel: 1,
    },
  });
  await desk.stop();
  return { desk, options: { ...context, isStale: () => false } };
}
