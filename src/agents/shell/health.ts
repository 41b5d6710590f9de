import { accessSync, constants } from "node:fs";
import type { HealthFinding } from "../health.ts";
import { userShell } from "./launch.ts";

/** Whether there is a shell, and whether it is the one that `SHELL` names. */
export function shellHealth(env: NodeJS.ProcessEnv): HealthFinding {
  const shell = userShell(env.SHELL);
  try {
    accessSync(shell, constants.X_OK);
  } catch {
    return {
      name: "agent",
      state: "fail",
      words: `There is no shell: neither SHELL nor ${shell} can be executed.`,
      fix: "Set SHELL to the path of a shell in the environment that nanogent is started with.",
    };
  }
  if (env.SHELL && env.SHELL !== shell) {
    return {
      name: "agent",
      state: "warning",
      words: `The shell that SHELL names (${env.SHELL}) cannot be executed, so commands run with ${shell}.`,
      fix: "Set SHELL to the absolute path of a shell.",
    };
  }
  return { name: "agent", state: "pass", words: `shell: ${shell}` };
}
