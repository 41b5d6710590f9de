import { mkdirSync, rmdirSync, rmSync } from "node:fs";
import { lstat, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Tells the processes of a job where to put files that are to be sent. */
export const OUTBOX_VARIABLE = "NANOGENT_OUTBOX";

const CAPTION = /^\..*\.caption$/;
const UNFINISHED = /^\.part-/;
/** Names what the chat has been told not to get. */
const TOLD = ".nanogent-told";
/** Captions are cut further on; what is longer is no caption. */
const LONGEST_CAPTION_BYTES = 16_384;

/** Where the words beside a file lie. */
export function captionPath(folder: string, name: string): string {
  return join(folder, `.${name}.caption`);
}

/** Where a file lies before all of it is there. */
export function unfinishedPath(folder: string, unique: string): string {
  return join(folder, `.part-${unique}`);
}

/** Makes a job's folder for files that are to be sent. @throws the file system's error. */
export function makeOutbox(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}

/** The names of the files in it, in the order in which they were written; none when it is no folder. */
export async function filesInOutbox(folder: string): Promise<string[]> {
  if (!(await lstat(folder).catch(() => undefined))?.isDirectory()) return [];
  const names = (await readdir(folder)).filter(
    (name) => !CAPTION.test(name) && !UNFINISHED.test(name) && name !== TOLD,
  );
  const found = await Promise.all(
    names.map(async (name) => ({
      name,
      at: (await lstat(join(folder, name)).catch(() => undefined))?.mtimeMs ?? 0,
    })),
  );
  return found.sort((a, b) => a.at - b.at || a.name.localeCompare(b.name)).map(({ name }) => name);
}

/** What is to be said beside a file; empty when nothing is. */
export async function captionOf(folder: string, name: string): Promise<string> {
  const path = captionPath(folder, name);
  const found = await lstat(path).catch(() => undefined);
  if (!found?.isFile() || found.size > LONGEST_CAPTION_BYTES) return "";
  return readFile(path, "utf8").catch(() => "");
}

/** The files of which the chat has been told that they are not sent. */
export async function toldOf(folder: string): Promise<ReadonlySet<string>> {
  const path = join(folder, TOLD);
  if (!(await lstat(path).catch(() => undefined))?.isFile()) return new Set();
  try {
    const names: unknown = JSON.parse(await readFile(path, "utf8"));
    return new Set(Array.isArray(names) ? names : []);
  } catch {
    return new Set();
  }
}

/** Notes that the chat has been told so of these. @throws the file system's error. */
export async function noteTold(folder: string, names: Iterable<string>): Promise<void> {
  const path = join(folder, TOLD);
  await rm(path, { force: true });
  // Made anew: a link that an agent has put there leads nowhere.
  await writeFile(path, JSON.stringify([...names]), { mode: 0o600, flag: "wx" });
}

/** Takes a file that was sent out of it. */
export async function takeOut(folder: string, name: string): Promise<void> {
  await rm(join(folder, name), { force: true });
  await rm(captionPath(folder, name), { force: true });
}

/** Removes the folder if nothing is left in it. */
export function removeEmptyOutbox(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // There is something in it, or it was never made.
  }
}

export function removeOutbox(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
