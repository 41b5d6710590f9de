import type { Agent } from "../agent.ts";
import { failedTurn } from "../failed-turn.ts";
import { rootFailure } from "./errors.ts";
import { askIntroduction, type Introduction } from "./introduction.ts";
import type { ClaudeProgram } from "./process.ts";
import { ClaudeProcesses } from "./processes.ts";
import { claudeSessions } from "./sessions.ts";
import { claudeTurns } from "./turns.ts";

const RETRY_MS = 60_000;

export interface ClaudeOptions extends ClaudeProgram {
  /** Those that outlive their turns; other settings find them again. */
  readonly processes?: ClaudeProcesses;
  /** How long the program may take to end by itself after its `result`, in milliseconds. 10,000 unless told. */
  readonly exitMs?: number;
}

/**
 * Claude Code, headless and speaking stream-json: a fresh process for each prompt, unless one that knows the session has
 * stayed.
 */
export function claudeAgent(options: ClaudeOptions): Agent {
  const known = new Map<string, readonly string[]>();
  const asked = new Map<string, Promise<Introduction | undefined>>();
  const failedAt = new Map<string, number>();
  const { processes = new ClaudeProcesses() } = options;
  const run = claudeTurns({
    ...options,
    agent: "claude",
    processes,
    onCommands: (cwd, commands) => known.set(cwd, commands),
  });

  const ask = async (cwd: string): Promise<Introduction | undefined> => {
    const introduction = await askIntroduction(options, cwd);
    if (introduction) return introduction;
    failedAt.set(cwd, Date.now());
    asked.delete(cwd);
    return undefined;
  };
  const introduce = async (cwd: string): Promise<Introduction | undefined> => {
    if (Date.now() - (failedAt.get(cwd) ?? -Infinity) < RETRY_MS) return undefined;
    const asking = asked.get(cwd) ?? ask(cwd);
    asked.set(cwd, asking);
    return asking;
  };

  return {
    name: "claude",
    output: "markdown",
    run(request, onEvent) {
      if (request.permissions === "skip" && refusesToSkip(options.env)) {
        return failedTurn(rootFailure(), onEvent, options.log);
      }
      return run(request, onEvent);
    },
    slashCommands: async (cwd) => known.get(cwd) ?? (await introduce(cwd))?.commands ?? [],
    models: async (cwd) => (await introduce(cwd))?.models ?? [],
    sessions: claudeSessions(options),
  };
}

/** Claude Code looks at its own environment for this, so only the bridge's counts. */
export function refusesToSkip(env: NodeJS.ProcessEnv): boolean {
  return process.getuid?.() === 0 && env.IS_SANDBOX !== "1";
}
