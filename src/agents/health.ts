import type { AgentName } from "../config-keys.ts";
import type { PermissionMode } from "./agent.ts";
import { claudeHealth } from "./claude/health.ts";
import { codexHealth } from "./codex/health.ts";
import { customHealth } from "./custom/health.ts";
import { shellHealth } from "./shell/health.ts";

/** One thing that an agent needs, and how it stands with it. `skipped`: it cannot be known. */
export interface HealthFinding {
  readonly name: "agent" | "login" | "root";
  readonly state: "pass" | "warning" | "fail" | "skipped";
  readonly words: string;
  /** What to do about it, in whole sentences. */
  readonly fix?: string;
}

export interface HealthOptions {
  readonly agent: AgentName;
  readonly claude: { readonly binary: string };
  readonly codex: { readonly binary: string };
  readonly customCommand?: string | undefined;
  readonly permissions: PermissionMode;
  /** The folder in which the agent would work, absolute. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** Values that must not reach the agent's environment. */
  readonly secrets: readonly string[];
  /** Milliseconds for everything. */
  readonly deadlineMs: number;
}

/** Whether the agent could work, found out without a prompt to it: nothing is spent. Never rejects. */
export async function agentHealth(options: HealthOptions): Promise<readonly HealthFinding[]> {
  switch (options.agent) {
    case "claude":
      return claudeHealth(options);
    case "codex":
      return codexHealth(options);
    case "shell":
      return [shellHealth(options.env)];
    case "custom":
      return [await customHealth(options)];
  }
}
