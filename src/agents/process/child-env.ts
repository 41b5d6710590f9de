/** The variable that marks every process of a turn, so that none can be left behind. */
export const JOB_VARIABLE = "NANOGENT_JOB";

/**
 * The environment for a program that an agent runs: the bridge's own, without what belongs to the bridge alone
 * (everything named `TELEGRAM_*`, and every variable that holds one of its secrets under whatever name), plus the mark
 * of the job.
 */
export function childEnv(
  env: NodeJS.ProcessEnv,
  secrets: readonly string[],
  jobId: string,
): NodeJS.ProcessEnv {
  const hidden = new Set(secrets);
  const shared = Object.entries(env).filter(
    ([name, value]) => !name.startsWith("TELEGRAM_") && (value === "" || !hidden.has(value ?? "")),
  );
  return { ...Object.fromEntries(shared), [JOB_VARIABLE]: jobId };
}
