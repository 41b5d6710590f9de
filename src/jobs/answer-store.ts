import { lstatSync, readFileSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FinalAnswer } from "../chat/message-row.ts";
import type { ProjectPaths } from "../project.ts";
import type { JobOutcome, StoredAnswer } from "./job.ts";

/** The text of a job's answer as far as it had come, beside the file that is made of a long one. */
export function textPath(jobId: string, { spool }: ProjectPaths): string {
  return join(spool, `${jobId}.txt`);
}

function filePath(jobId: string, { spool }: ProjectPaths): string {
  return join(spool, `${jobId}.file`);
}

/** An answer in the form in which the journal takes it; its file goes beside. @throws the file system's error. */
export async function storeAnswer(
  { parts, file }: FinalAnswer,
  outcome: JobOutcome,
  jobId: string,
  paths: ProjectPaths,
): Promise<StoredAnswer> {
  if (!file) return { outcome, parts };
  // What lies there may be a link: it is replaced, not followed.
  forgetAnswer(jobId, paths);
  await writeFile(filePath(jobId, paths), file.bytes, { mode: 0o600, flag: "wx" });
  return { outcome, parts, file: { name: file.name, instead: file.instead } };
}

/** The answer again; without its file when that cannot be read. */
export function loadAnswer({ parts, file }: StoredAnswer, jobId: string, paths: ProjectPaths): FinalAnswer {
  if (!file) return { parts };
  try {
    const bytes = readPlainFile(filePath(jobId, paths));
    return { parts, file: { name: file.name, bytes, instead: file.instead } };
  } catch {
    return { parts: file.instead };
  }
}

/** The text of a job that was cut off, as far as it had come; empty when there is none. */
export function loadText(jobId: string, paths: ProjectPaths): string {
  try {
    return readPlainFile(textPath(jobId, paths)).toString("utf8");
  } catch {
    return "";
  }
}

// Through a link any file of the user could be sent into the chat.
function readPlainFile(path: string): Buffer {
  if (!lstatSync(path).isFile()) throw new Error(`${path} is not a plain file`);
  return readFileSync(path);
}

/** Removes the file that was only for the case that the bridge goes down before it is sent. */
export function forgetAnswer(jobId: string, paths: ProjectPaths): void {
  rmSync(filePath(jobId, paths), { force: true });
}
