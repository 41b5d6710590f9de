import { createHash } from "node:crypto";
import { chmodSync, lstatSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeFilePrivately } from "../../env-file.ts";

/** A longer text is handed over as a file. */
export const LONG_BYTES = 4_096;
const NAME = /^[0-9a-f]{64}\.md$/;
const DAY_MS = 86_400_000;

/**
 * Puts a text into a file that every agent of this machine can read, and says so in one line to be typed in its stead. The
 * same text is one file.
 * @param folder `.nanogent/shared` of the project, absolute; made when it is missing.
 * @throws the file system's error, or Error when the folder is not as nanogent makes it.
 */
export function shareText(folder: string, text: string): { readonly path: string; readonly line: string } {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!lstatSync(folder).isDirectory()) throw new Error(`${folder} is no folder: move it away.`);
  chmodSync(folder, 0o700);
  const path = join(folder, `${createHash("sha256").update(text).digest("hex")}.md`);
  // Whatever else lies there, such as a link of a repository, is not to be written through.
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true)
    rmSync(path, { recursive: true, force: true });
  writeFilePrivately(path, text);
  return { path, line: `Read ${path} (${sizeOf(text)}) and take it as if it stood here.` };
}

/**
 * What to type for a text: a longer one than 4 kB, or any when that is asked for, is shared.
 * @throws as `shareText`.
 */
export function typedOrShared(
  folder: string,
  text: string,
  { always }: { readonly always: boolean },
): string {
  return always || Buffer.byteLength(text) > LONG_BYTES ? shareText(folder, text).line : text;
}

/**
 * Removes those that were last shared longer ago, and nothing else in there.
 * @returns how many.
 * @throws the file system's error.
 */
export function cleanShared(
  folder: string,
  { days, now }: { readonly days: number; readonly now: number },
): number {
  let count = 0;
  for (const name of namesIn(folder)) {
    const path = join(folder, name);
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (!NAME.test(name) || !found?.isFile() || now - found.mtimeMs < days * DAY_MS) continue;
    rmSync(path, { force: true });
    count += 1;
  }
  return count;
}

function namesIn(folder: string): readonly string[] {
  try {
    return lstatSync(folder).isDirectory() ? readdirSync(folder) : [];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function sizeOf(text: string): string {
  const bytes = Buffer.byteLength(text);
  return bytes < 1_000 ? `${bytes} bytes` : `${Math.round(bytes / 1_000)} kB`;
}
