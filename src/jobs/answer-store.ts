import { readFileSync, rmSync } from "node:fs";
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
  const path = filePath(jobId, paths);
  await writeFile(path, file.bytes, { mode: 0o600 });
  return { outcome, parts, file: { name: file.name, path, instead: file.instead } };
}

/** The answer again; without its file when that cannot be read. */
export function loadAnswer({ parts, file }: StoredAnswer): FinalAnswer {
  if (!file) return { parts };
  try {
    return { parts, file: { name: file.name, bytes: readFileSync(file.path), instead: file.instead } };
  } catch {
    return { parts: file.instead };
  }
}

/** Removes the file that was only for the case that the bridge goes down before it is sent. */
export function forgetAnswer(jobId: string, paths: ProjectPaths): void {
  rmSync(filePath(jobId, paths), { force: true });
}
