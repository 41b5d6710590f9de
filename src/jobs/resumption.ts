import type { Job } from "./job.ts";

/** Whether a job goes on in the session where this agent was cut off, so that the agent knows the prompt. */
export function goesOn(job: Job, agent: string): boolean {
  return job.sessionId !== undefined && job.resumes === agent;
}

/** The session that a job brings along for this agent: what another one was cut off in is none of its sessions. */
export function sessionFor(job: Job, agent: string): string | undefined {
  return job.resumes === undefined || job.resumes === agent ? job.sessionId : undefined;
}
