import { createHash } from "node:crypto";

/** What the marks of a project's terminals begin with. @param statePath Of the list of its terminals. */
export function projectMark(statePath: string): string {
  return createHash("sha256").update(statePath).digest("hex").slice(0, 12);
}

/** By which the processes of a session are found. @param project Its `projectMark`. */
export function markOf(project: string, id: string): string {
  return `${project}-${id}`;
}
