import { closeSync, lstatSync, openSync, readFileSync, readSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FinalAnswer } from "../chat/message-row.ts";
import type { ProjectPaths } from "../project.ts";
import { removeQuietly } from "../remove-quietly.ts";
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
  { parts, file, notice }: FinalAnswer,
  outcome: JobOutcome,
  jobId: string,
  paths: ProjectPaths,
): Promise<StoredAnswer> {
  const told = { outcome, parts, ...(notice === undefined ? {} : { notice }) };
  if (!file) return told;
  // What lies there may be a link: it is replaced, not followed.
  forgetAnswer(jobId, paths);
  await writeFile(filePath(jobId, paths), file.bytes, { mode: 0o600, flag: "wx" });
  return { ...told, file: { name: file.name, instead: file.instead } };
}

/** The answer again; without its file when that cannot be read. */
export function loadAnswer(stored: StoredAnswer, jobId: string, paths: ProjectPaths): FinalAnswer {
  const { parts, file, notice } = stored;
  const told = { parts, ...(notice === undefined ? {} : { notice }) };
  if (!file) return told;
  try {
    const bytes = readPlainFile(filePath(jobId, paths));
    return { ...told, file: { name: file.name, bytes, instead: file.instead } };
  } catch {
    return { ...told, parts: file.instead };
  }
}

/** As much of a text as a few messages hold, from its beginning and from its end. */
const SHOWN_BYTES = 24 * 1024;

/**
 * The text of a job that was cut off, as far as it had come; empty when there is none. Of a long one the beginning and
 * the end, each a text of its own: it may be too long to be read at a start.
 */
export function loadText(jobId: string, paths: ProjectPaths): readonly string[] {
  try {
    const path = textPath(jobId, paths);
    const { size } = lstatSync(path);
    if (size <= 2 * SHOWN_BYTES) return [readPlainFile(path).toString("utf8")];
    const ends = [0, size - SHOWN_BYTES].map((position) => readPiece(path, position));
    // What is cut in the middle of a line is no text.
    return [ends[0]?.replace(/[^\n]*$/, "") ?? "", ends[1]?.replace(/^[^\n]*\n/, "") ?? ""];
  } catch {
    return [];
  }
}

function readPiece(path: string, position: number): string {
  refuseUnlessPlain(path);
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(SHOWN_BYTES);
    return bytes.toString("utf8", 0, readSync(file, bytes, 0, SHOWN_BYTES, position));
  } finally {
    closeSync(file);
  }
}

// Through a link any file of the user could be sent into the chat.
function readPlainFile(path: string): Buffer {
  refuseUnlessPlain(path);
  return readFileSync(path);
}

function refuseUnlessPlain(path: string): void {
  if (!lstatSync(path).isFile()) throw new Error(`${path} is not a plain file`);
}

/** Removes the file that was only for the case that the bridge goes down before it is sent. */
export function forgetAnswer(jobId: string, paths: ProjectPaths): void {
  removeQuietly(filePath(jobId, paths));
}
