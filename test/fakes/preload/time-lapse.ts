import { fileURLToPath } from "node:url";

const path = fileURLToPath(new URL("./time-lapse.cjs", import.meta.url));

/** The environment for a program whose timers go so many times as fast. The fake's `timeScale` has to match. */
export function timeLapse(factor: number): Readonly<Record<string, string>> {
  return { NODE_OPTIONS: `--require "${path}"`, TIME_LAPSE: String(factor) };
}
