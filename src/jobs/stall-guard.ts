import type { Agent } from "../agents/agent.ts";
import type { Messenger } from "../chat/messenger.ts";
import { StallNotice } from "../chat/stall-notice.ts";
import type { TurnView } from "../chat/turn-view.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { Job } from "./job.ts";
import type { JobTurn } from "./job-turn.ts";
import { StallWatch } from "./stall-watch.ts";

export interface StallGuardOptions {
  readonly job: Job;
  readonly turn: JobTurn;
  readonly view: TurnView;
  readonly agent: Agent;
  readonly messenger: Messenger;
  readonly clock: Clock;
  readonly log: Log;
  /** Milliseconds without a sign of life until the chat is told. */
  readonly stallMs: number;
}

export interface StallGuard {
  /** Somebody knows, and wants to wait. */
  keepWaiting(): void;
  stop(): void;
}

/** Tells the chat when a job shows no sign of life, and takes that back when it does again. */
export function guardAgainstStalls(options: StallGuardOptions): StallGuard {
  const { job, turn, view, agent, messenger, clock, log, stallMs } = options;
  const notice = new StallNotice(messenger, job);
  const watch = new StallWatch({
    clock,
    stallMs,
    lastHeard: () => view.lastActivity,
    activity: () => turn.activity(),
    excused: ({ processes }) => {
      // Helpers that an agent keeps beside it (MCP servers) are no sign that anything goes on.
      const runsCommand = agent.output === "raw" || view.tools.some(({ state }) => state === "running");
      return view.waitingForAnswer || view.held !== undefined || (processes > 1 && runsCommand);
    },
    onStall() {
      log.warn("no sign of life", { job: job.id, ms: stallMs });
      notice.show(stallMs);
    },
    onLife: () => notice.hide(),
  });
  return {
    keepWaiting() {
      watch.excuse();
      notice.hide();
    },
    stop() {
      watch.stop();
      notice.hide();
    },
  };
}
