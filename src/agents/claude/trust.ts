import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { asObject } from "../json.ts";

/**
 * Whether a person has told Claude Code to trust this folder or one above it, in its own dialog. Until then it ignores
 * the rules of the folder's `.claude/settings.local.json`.
 */
export function isTrusted(folder: string, env: NodeJS.ProcessEnv): boolean {
  const projects = asObject(
    readJson(join(env.CLAUDE_CONFIG_DIR ?? env.HOME ?? homedir(), ".claude.json")).projects,
  );
  for (let path = folder; ; path = dirname(path)) {
    if (asObject(projects[path]).hasTrustDialogAccepted === true) return true;
    if (path === dirname(path)) return false;
  }
}

function readJson(path: string) {
  try {
    return asObject(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return {};
  }
}
