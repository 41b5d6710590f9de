import type { Log } from "../log.ts";
import type { Agent } from "./agent.ts";
import { rootFailure } from "./claude-errors.ts";
import { askIntroduction, type Introduction } from "./claude-introduction.ts";
import { ClaudeTurn } from "./claude-turn.ts";
import { failedTurn } from "./failed-turn.ts";

const RETRY_MS = 60_000;

export interface ClaudeOptions {
  /** A path, or a name to be found in `env.PATH`. */
  readonly binary: string;
  /** More arguments for every start. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Values that must not reach the agent's environment. */
  readonly secrets: readonly string[];
  readonly log: Log;
}

/** Claude Code: a fresh headless process for each prompt, speaking stream-json. */
export function claudeAgent(options: ClaudeOptions): Agent {
  const known = new Map<string, readonly string[]>();
  const asked = new Map<string, Promise<Introduction | undefined>>();
  const failedAt = new Map<string, number>();

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
      const onCommands = (commands: readonly string[]) => known.set(request.cwd, commands);
      return new ClaudeTurn({ ...options, onCommands }, request, onEvent);
    },
    slashCommands: async (cwd) => known.get(cwd) ?? (await introduce(cwd))?.commands ?? [],
    models: async (cwd) => (await introduce(cwd))?.models ?? [],
  };
}

/** Claude Code looks at its own environment for this, so only the bridge's counts. */
export function refusesToSkip(env: NodeJS.ProcessEnv): boolean {
  return process.getuid?.() === 0 && env.IS_SANDBOX !== "1";
}
