import { rmSync } from "node:fs";

/** Removes a file that is of no use any more: one that cannot be removed must not end what has got its answer. */
export function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Something else has taken its place, or that of its folder.
  }
}
