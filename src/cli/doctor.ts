import type { Finding } from "../doctor/examination.ts";
import { examine } from "../doctor/examine.ts";
import { mendAll } from "../doctor/mend.ts";
import { settingsOf } from "../doctor/patient.ts";
import { reportLines } from "../doctor/report.ts";
import { createSecrets, type Secrets, secretsIn } from "../secrets.ts";
import { EXIT, type Surroundings, type VerbCall } from "./verb.ts";

/** `nanogent doctor`: tells what is wrong with this folder's bridge and what to do about it; `--fix` does some of it. */
export async function doctor({ flags, around }: VerbCall): Promise<number> {
  const { folder, env, stdout } = around;
  const secrets = secretsOf(around);
  const subject = { folder, env, telegram: true };
  let findings = await examine(subject);
  const mended = flags.has("--fix") ? await mendAll(findings) : [];
  // What was mended is believed only when it is seen.
  if (mended.length > 0) findings = await examine(subject);
  const text = flags.has("--json")
    ? JSON.stringify(
        { checks: findings.map(plainFinding), ...(flags.has("--fix") ? { mended } : {}) },
        null,
        2,
      )
    : [...mended, ...(mended.length > 0 ? [""] : []), ...reportLines(findings)].join("\n");
  stdout.write(`${secrets.redact(text)}\n`);
  return findings.some(({ state }) => state === "fail") ? EXIT.failed : EXIT.done;
}

function plainFinding({ name, state, words, fix }: Finding): Omit<Finding, "mend"> {
  return { name, state, words, ...(fix === undefined ? {} : { fix }) };
}

/** Also where the configuration cannot be read: then what is in the environment is at least known. */
function secretsOf({ folder, env }: Surroundings): Secrets {
  const { config } = settingsOf({ folder, env, telegram: false });
  return createSecrets(config?.secretValues ?? secretsIn(env));
}
