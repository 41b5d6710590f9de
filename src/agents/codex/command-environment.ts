import type { JsonObject } from "../json.ts";
import { childEnv, JOB_VARIABLE } from "../process/child-env.ts";

export interface CommandEnvironmentOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Values that must not reach the agent's environment. */
  readonly secrets: readonly string[];
  readonly jobId: string;
  /** Variables of `env` that commands are to have in any case. */
  readonly names: readonly string[];
}

/**
 * What of the environment the commands of a thread get even where a `shell_environment_policy` of the user's keeps the rest
 * from them: the job's mark, and the variables of those names. As overrides for `thread/start`, which come over stdin: a
 * secret among them must be in no argument.
 */
export function commandEnvironment({ env, secrets, jobId, names }: CommandEnvironmentOptions): JsonObject {
  const all = childEnv(env, secrets, jobId);
  const kept = [JOB_VARIABLE, ...names].filter((name) => all[name] !== undefined);
  return Object.fromEntries(kept.map((name) => [`shell_environment_policy.set.${name}`, all[name]]));
}
