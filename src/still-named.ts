import { type Stats, statSync } from "node:fs";

/** Whether an open file still has this name: what is written to one that was removed or moved away nobody will find. */
export function isStillNamed(path: string, { ino, dev }: Stats): boolean {
  try {
    const found = statSync(path);
    return found.ino === ino && found.dev === dev;
  } catch {
    return false;
  }
}
