import { lstatSync, readdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";

/**
 * Removes files that were sent longer ago than `keptMs`.
 * @param isNeeded tells which are still to be read, by their paths.
 * @returns how many are gone.
 */
export function removeOldUploads(
  folder: string,
  keptMs: number,
  now: number,
  isNeeded: (path: string) => boolean,
): number {
  // Through a link files that were never sent would be removed.
  if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) return 0;
  const old = readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => {
      const found = lstatSync(path, { throwIfNoEntry: false });
      return found?.isFile() && now - found.mtimeMs > keptMs && !isNeeded(path);
    });
  for (const path of old) unlinkSync(path);
  return old.length;
}
