import { agent } from "./agent.ts";
import { bridge } from "./bridge.ts";
import { clock } from "./clock.ts";
import { disk } from "./disk.ts";
import { type Check, type Finding, type Patient, STUCK_MS } from "./examination.ts";
import { git } from "./git.ts";
import { modes } from "./modes.ts";
import { node } from "./node.ts";
import { page } from "./page.ts";
import { meetPatient, type Subject } from "./patient.ts";
import { proxy } from "./proxy.ts";
import { settings } from "./settings.ts";
import { token } from "./token.ts";
import { webhook } from "./webhook.ts";

/** In the order in which they are shown: what the others rest on comes first. */
const CHECKS: readonly (readonly [name: string, check: Check])[] = [
  ["node", () => node()],
  [".env", settings],
  ["proxy", proxy],
  ["token", token],
  ["webhook", webhook],
  ["clock", clock],
  ["agent", agent],
  ["git", git],
  ["disk", disk],
  ["files", modes],
  ["bridge", bridge],
  ["page", page],
];

/** Examines a project, all checks at the same time. Changes nothing. Never rejects, and takes 10 s at most. */
export async function examine(subject: Subject, checks = CHECKS, stuckMs = STUCK_MS): Promise<Finding[]> {
  const patient = meetPatient(subject);
  try {
    const found = await Promise.all(checks.map(([name, check]) => carryOut(name, check, patient, stuckMs)));
    return found.flat();
  } finally {
    patient.close();
  }
}

async function carryOut(
  name: string,
  check: Check,
  patient: Patient,
  stuckMs: number,
): Promise<Finding | readonly Finding[]> {
  let timer: NodeJS.Timeout | undefined;
  const stuck = new Promise<Finding>((resolve) => {
    const words = `This check was not done within ${stuckMs / 1000} s.`;
    timer = setTimeout(() => resolve({ name, state: "fail", words }), stuckMs);
  });
  const done = (async () => check(patient))().catch((error: unknown): Finding => {
    const reason = error instanceof Error ? error.message : String(error);
    return { name, state: "fail", words: `This check failed: ${reason}` };
  });
  try {
    return await Promise.race([done, stuck]);
  } finally {
    clearTimeout(timer);
  }
}
