import { fileURLToPath } from "node:url";

const path = fileURLToPath(new URL("./wall-clock.cjs", import.meta.url));

/** The environment for a program whose time of day is so many milliseconds later. */
export function wallClock(shiftMs: number): Readonly<Record<string, string>> {
  return { NODE_OPTIONS: `--require "${path}"`, WALL_SHIFT: String(Math.round(shiftMs)) };
}
