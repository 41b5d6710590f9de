import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What must not get into a repository: it holds the token, and what was said in the chats. */
const OWN_FILES = [".env", ".nanogent/"];

/**
 * Adds to the folder's `.gitignore` what it does not say already.
 * @returns the lines that were added. @throws the file system's error.
 */
export function ignoreOwnFiles(folder: string): string[] {
  const path = join(folder, ".gitignore");
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const lines = text.split(/\r?\n/).map((line) => line.trim().replace(/^\//, ""));
  const missing = OWN_FILES.filter(
    (name) => !lines.includes(name) && !lines.includes(name.replace(/\/$/, "")),
  );
  if (missing.length === 0) return [];
  appendFileSync(path, `${text === "" || text.endsWith("\n") ? "" : "\n"}${missing.join("\n")}\n`);
  return missing;
}
