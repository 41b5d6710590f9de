import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The environment for a program that is killed at a point with a name, such as `after fsync journal.jsonl: queued#1`.
 * @param more Of another preload, which is loaded too.
 */
export function crashAt(
  point: string,
  folder: string,
  more: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const path = fileURLToPath(new URL("./crash-points.cjs", import.meta.url));
  const { NODE_OPTIONS = "", ...rest } = more;
  return {
    ...rest,
    NODE_OPTIONS: `${NODE_OPTIONS} --require "${path}"`,
    CRASH_LOG: join(folder, "crash.log"),
    CRASH_AT: point,
  };
}
