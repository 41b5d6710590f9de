import type { Log } from "../../log.ts";
import type { Agent } from "../agent.ts";
import type { ClaudeProcesses } from "../claude/processes.ts";
import { claudeTurns } from "../claude/turns.ts";
import { CustomTurn } from "./turn.ts";

export interface CustomOptions {
  /** A command line for `/bin/sh`. */
  readonly command: string;
  readonly env: NodeJS.ProcessEnv;
  /** Values that must not reach the agent's environment. */
  readonly secrets: readonly string[];
  readonly log: Log;
  /** Processes that outlive their turns. */
  readonly processes: ClaudeProcesses;
}

/** Tells an agent which of its sessions to go on with, when it has reported one. */
const SESSION_VARIABLE = "NANOGENT_SESSION_ID";

/**
 * Any program: the prompt on stdin, the answer on stdout. One that is started with `--input-format stream-json` is talked to
 * as Claude Code is, so that it can ask, be steered and be interrupted.
 */
export function customAgent(options: CustomOptions): Agent {
  const isDuplex = /--input-format[= ]+stream-json\b/.test(options.command);
  const start = { binary: "/bin/sh", args: ["-c", options.command] };
  const runDuplex = claudeTurns({
    ...{ ...options, ...start },
    agent: "custom",
    argsOf: () => start.args,
    fixedMode: true,
    onCommands: () => {},
  });
  return {
    name: "custom",
    output: "markdown",
    run(request, onEvent) {
      const { sessionId } = request;
      const env = { ...request.env, ...(sessionId === undefined ? {} : { [SESSION_VARIABLE]: sessionId }) };
      const turn = { ...request, env };
      return isDuplex ? runDuplex(turn, onEvent) : new CustomTurn({ ...options, ...start }, turn, onEvent);
    },
    slashCommands: async () => [],
    models: async () => [],
  };
}
