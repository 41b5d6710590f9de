import { JOB_VARIABLE } from "../agents/process/child-env.ts";
import type { FoundBridge } from "../control/find-bridge.ts";
import { projectPaths } from "../project.ts";
import { projectMark } from "../terminal/mark.ts";

/** Whether this process runs in that session of that bridge: `term-1` there may be one of several. */
export function isOwnSession({ folder }: FoundBridge, id: string, env: NodeJS.ProcessEnv): boolean {
  return env[JOB_VARIABLE] === `${projectMark(projectPaths(folder).terminals)}-${id}`;
}
