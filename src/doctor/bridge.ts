import { lstatSync } from "node:fs";
import { lockHolder, refuseUnsafeState, UnsafeStateError } from "../project.ts";
import { duration } from "../text/duration.ts";
import type { Finding, Patient } from "./examination.ts";

const NAME = "bridge";

/** Whether the bridge of this folder runs, by its lock. */
export function bridge({ paths }: Patient): Finding {
  try {
    refuseUnsafeState(paths);
  } catch (error) {
    const words =
      error instanceof UnsafeStateError
        ? "The state folder is not nanogent's own."
        : `The state folder cannot be read (${(error as NodeJS.ErrnoException).code}).`;
    return { name: NAME, state: "skipped", words };
  }
  const holder = lockHolder(paths);
  if (holder) {
    const up = duration(Math.max(0, Date.now() - holder.since));
    const words = `nanogent ${holder.version} runs: pid ${holder.pid}, up ${up}.`;
    return { name: NAME, state: "pass", words };
  }
  // A start takes it over without a race between two of them, which nobody else can do as well.
  const words = lstatSync(paths.lock, { throwIfNoEntry: false })
    ? "It does not run. The lock of one that is gone is still there; the next start takes it over."
    : "It does not run. Start it with: node nanogent.mjs";
  return { name: NAME, state: "pass", words };
}
