import { statSync } from "node:fs";
import { resolve } from "node:path";
import type { Where } from "./backends.ts";
import { BackendError } from "./pty.ts";

/**
 * Where a terminal starts.
 * @param project Absolute; what is wanted counts from there.
 * @throws BackendError when nothing can start there.
 */
export function startFolder(project: string, wanted: string, where: Where): string {
  if (where.kind !== "host")
    throw new BackendError("Only on this machine can a folder to start in be chosen.");
  const path = resolve(project, wanted);
  try {
    if (statSync(path).isDirectory()) return path;
  } catch {
    // Said below.
  }
  throw new BackendError(`There is no folder ${path}.`);
}
