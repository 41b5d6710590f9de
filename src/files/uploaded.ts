import { relative, resolve } from "node:path";
import type { ProjectPaths } from "../project.ts";

/**
 * Those of a prompt's files that were sent to the bot, named as they are there. A journal may come from anywhere and name
 * any file: only what was sent is looked into.
 */
export function uploadedFiles(
  files: readonly string[],
  { folder, uploads }: Pick<ProjectPaths, "folder" | "uploads">,
): string[] {
  return files.filter((file) => /^[^/\\]+$/.test(relative(uploads, resolve(folder, file))));
}
