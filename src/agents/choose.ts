import type { Config } from "../config.ts";
import { AGENT_NAMES, type AgentName } from "../config-keys.ts";
import type { Log } from "../log.ts";
import type { Vault } from "../vault.ts";
import type { Agent } from "./agent.ts";
import { claudeAgent } from "./claude/claude.ts";
import type { ClaudeProcesses } from "./claude/processes.ts";
import { codexAgent } from "./codex/codex.ts";
import { customAgent } from "./custom/custom.ts";
import { shellAgent } from "./shell/shell.ts";

/** The agents that can be had, and the one that answers where none was chosen. */
export interface Agents {
  readonly names: readonly string[];
  readonly usual: Agent;
  /** Undefined for a name that is none of them. */
  get(name: string): Agent | undefined;
}

/** The agent that the configuration names, and what it may do, for the console. */
export function agentLine({ agent, permissions }: Config): string {
  const decidesItself = agent === "shell" || agent === "custom";
  return decidesItself ? agent : `${agent}, permissions: ${permissions}`;
}

/**
 * All agents that the configuration allows, each made when it is first asked for.
 * @param vault what they get as their environment, and which of that was given in the chat.
 * @param processes The processes that outlive their turns; agents with other settings have to find them again.
 */
export function allAgents(
  config: Config,
  vault: Pick<Vault, "environment" | "names">,
  log: Log,
  processes: ClaudeProcesses,
): Agents {
  const common = { env: vault.environment, secrets: config.token === "" ? [] : [config.token], log };
  const made = new Map<string, Agent>();
  const make = (name: AgentName): Agent => {
    switch (name) {
      case "claude":
        return claudeAgent({ ...config.claude, ...common, processes });
      case "codex":
        return codexAgent({ ...config.codex, ...common, given: () => vault.names });
      case "shell":
        return shellAgent(common);
      case "custom":
        return customAgent({ command: config.customCommand ?? "", ...common, processes });
    }
  };
  const usual = make(config.agent);
  made.set(usual.name, usual);
  const absent: Partial<Record<AgentName, boolean>> = {
    shell: config.shell === "off",
    custom: config.customCommand === undefined,
  };
  const names = AGENT_NAMES.filter((name) => !absent[name]);
  return {
    names,
    usual,
    get(name) {
      const known = names.find((each) => each === name);
      const agent = made.get(name) ?? (known && make(known));
      if (agent) made.set(name, agent);
      return agent;
    },
  };
}

/** Where there is one agent only. */
export function onlyAgent(agent: Agent): Agents {
  return { names: [agent.name], usual: agent, get: (name) => (name === agent.name ? agent : undefined) };
}
