import type { Log } from "../../log.ts";
import type { Agent } from "../agent.ts";
import { sessionGrants } from "../session-grants.ts";
import { askModels } from "./models.ts";
import { codexThreads } from "./threads.ts";
import { CodexTurn } from "./turn.ts";

export interface CodexOptions {
  /** A path, or a name to be found in `env.PATH`. */
  readonly binary: string;
  readonly env: NodeJS.ProcessEnv;
  /** Values that must not reach the agent's environment. */
  readonly secrets: readonly string[];
  readonly log: Log;
  /** Variables of `env` that were given for the agent's commands, whatever Codex's own settings keep from them. */
  readonly given?: () => readonly string[];
}

/** Codex: a fresh `codex app-server` for each prompt, speaking JSON-RPC over stdio. */
export function codexAgent(options: CodexOptions): Agent {
  const grants = sessionGrants();
  return {
    name: "codex",
    output: "markdown",
    run: (request, onEvent) => new CodexTurn({ ...options, grants }, request, onEvent),
    // Its slash commands belong to its own screen; the app-server has calls instead.
    slashCommands: async () => [],
    models: (cwd) => askModels(options, cwd),
    sessions: codexThreads(options),
  };
}
