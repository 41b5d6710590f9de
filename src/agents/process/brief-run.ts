import { randomUUID } from "node:crypto";
import { within } from "../../within.ts";
import { type ProcessExit, startProcess } from "./process.ts";

export interface BriefRunOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Absolute. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Values that must not reach the program's environment. */
  readonly secrets: readonly string[];
  /** Milliseconds after which it is ended, with everything that it started. */
  readonly deadlineMs: number;
  /** How much of its output is kept; a megabyte unless told. */
  readonly mostBytes?: number;
}

export interface BriefRun {
  /** Undefined when it did not end in time. */
  readonly exit: ProcessExit | undefined;
  /** The beginning of it. */
  readonly stdout: string;
  readonly stderr: string;
}

const MOST_BYTES = 1024 * 1024;
/** What is left open after the program itself has ended does not add to its answer. */
const DRAIN_MS = 500;

/** Runs a program that answers and ends, with nothing on its stdin. Leaves no process behind. Never rejects. */
export async function runBriefly(options: BriefRunOptions): Promise<BriefRun> {
  const chunks: Buffer[] = [];
  let size = 0;
  const child = startProcess({
    ...options,
    jobId: `brief-${randomUUID()}`,
    drainMs: DRAIN_MS,
    onStdout(chunk) {
      if (size < (options.mostBytes ?? MOST_BYTES)) chunks.push(chunk);
      size += chunk.length;
    },
  });
  child.closeStdin();
  const inTime = await within(child.closed, options.deadlineMs);
  await child.end();
  const exit = await child.closed;
  const stdout = Buffer.concat(chunks).toString("utf8");
  return { exit: inTime ? exit : undefined, stdout, stderr: child.stderr() };
}
