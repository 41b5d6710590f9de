import { mkdir, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** The lines of Claude Code's session files, as it writes them. */
export const user = (text: unknown, cwd: string, more: object = {}) => ({
  ...{ parentUuid: null, isSidechain: false, type: "user", cwd, entrypoint: "cli" },
  message: { role: "user", content: text },
  ...more,
});
export const assistant = (content: readonly object[], more: object = {}) => ({
  ...{ isSidechain: false, message: { type: "message", role: "assistant", content } },
  ...{ type: "assistant", ...more },
});
export const toolResult = (text: string) => ({
  ...{ isSidechain: false, type: "user" },
  message: { role: "user", content: [{ tool_use_id: "t1", type: "tool_result", content: text }] },
});
export const title = (customTitle: unknown) => ({ type: "custom-title", customTitle });

/** A session's id with this number in it. */
export function sessionId(number: number): string {
  return `${String(number).padStart(8, "0")}-1111-4222-8333-444444444444`;
}

/** Where Claude Code keeps the session of this id, below the home of its user. */
export function sessionPath(home: string, cwd: string, id: string): string {
  return join(home, ".claude", "projects", cwd.replace(/[^a-zA-Z0-9]/g, "-"), `${id}.jsonl`);
}

/** Writes a session file; a line that is a text goes in as it is. `at`: seconds since the epoch. */
export async function writeSession(
  path: string,
  lines: readonly (object | string)[],
  at = 1_700_000_000,
): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(
    path,
    lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n"),
  );
  await utimes(path, at, at);
  return path;
}
