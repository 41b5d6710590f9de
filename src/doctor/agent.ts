import { agentHealth } from "../agents/health.ts";
import { ASK_MS, type Finding, type Patient } from "./examination.ts";

/** Whether the agent that is configured could work. */
export async function agent({ config, folder, env }: Patient): Promise<readonly Finding[]> {
  if (!config) return [{ name: "agent", state: "skipped", words: "Which one it is, .env does not tell." }];
  const { agent: name, claude, codex, customCommand, permissions, token } = config;
  const secrets = token === "" ? [] : [token];
  return agentHealth({
    ...{ agent: name, claude, codex, customCommand, permissions },
    ...{ folder, env, secrets, deadlineMs: ASK_MS },
  });
}
