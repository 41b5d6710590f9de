import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import type { Agent } from "./agent.ts";
import { claudeAgent } from "./claude.ts";
import { shellAgent } from "./shell.ts";

/** The agent that the configuration names, and what it may do, for the console. */
export function agentLine({ agent, permissions }: Config): string {
  return agent === "claude" ? `${agent}, permissions: ${permissions}` : agent;
}

/** The agent that the configuration names. */
export function chooseAgent(config: Config, env: NodeJS.ProcessEnv, log: Log): Agent {
  const common = { env, secrets: config.token === "" ? [] : [config.token], log };
  switch (config.agent) {
    case "claude":
      return claudeAgent({ ...config.claude, ...common });
    case "shell":
      return shellAgent(common);
  }
}
