import { lstatSync, type Stats } from "node:fs";
import { dirname, join } from "node:path";

/** What there is under that name, itself rather than what it leads to; nothing also where a folder on the way is none. */
export function foundAt(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return undefined;
    throw error;
  }
}

/**
 * Tells of names relative to a folder whether anything but folders is on the way to them: a link there may lead out of
 * the folder. What it has seen once it does not look at again.
 */
export function behindLink(folder: string): (name: string) => boolean {
  const known = new Map<string, boolean>([[".", false]]);
  const isBlocked = (path: string): boolean => {
    const before = known.get(path);
    if (before !== undefined) return before;
    const found = foundAt(join(folder, path));
    const blocked = isBlocked(dirname(path)) || (found !== undefined && !found.isDirectory());
    known.set(path, blocked);
    return blocked;
  };
  return (name) => isBlocked(dirname(name));
}
