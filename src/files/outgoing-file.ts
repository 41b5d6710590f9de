import { constants } from "node:fs";
import { type FileHandle, lstat, open, readlink, realpath } from "node:fs/promises";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { deniedBy } from "./denied.ts";

/** Which files may be sent. */
export interface FileRules {
  /** The project's folder, absolute. Nothing outside of it is sent. */
  readonly folder: string;
  /** Globs of what stays there, besides what always does. */
  readonly deny: readonly string[];
  /** Values that no file may contain. */
  readonly secrets: readonly string[];
}

/** A path that leads where nothing is sent from. The message is fit for the chat. */
export class RefusedFileError extends Error {
  override name = "RefusedFileError";
}

/** The Bot API takes documents up to 50 MB (https://core.telegram.org/bots/api#senddocument). */
export const LARGEST_FILE = 50_000_000;

/** A file that may be sent, open for reading. */
export interface OutgoingSource {
  readonly handle: FileHandle;
  /** Relative to the folder that it had to be in, with `/`. */
  readonly path: string;
  readonly size: number;
}

/**
 * Where a path in the project really leads, links resolved.
 * @returns it absolute, and relative to the project with `/` (empty for the project itself).
 * @throws RefusedFileError when it is outside, denied, or not there.
 */
export async function resolveInside(
  given: string,
  rules: FileRules,
): Promise<{ absolute: string; path: string }> {
  return inside(await realpath(rules.folder), given, rules.folder, deniedBy(rules.deny));
}

/**
 * Opens a file of the project that may be sent. What is checked is what was opened: a link that is put in its place
 * meanwhile changes nothing.
 * @throws RefusedFileError
 */
export async function openOutgoing(given: string, rules: FileRules): Promise<OutgoingSource> {
  return openInside(await realpath(rules.folder), given, rules.folder, deniedBy(rules.deny));
}

/**
 * As `openOutgoing`, for a file in a folder that nanogent made for such files below `.nanogent/`, which is denied otherwise.
 * @param folder below the project; when links lead to another place, all in it is refused.
 */
export async function openInOutbox(folder: string, name: string, rules: FileRules): Promise<OutgoingSource> {
  const root = join(await realpath(rules.folder), relative(rules.folder, folder));
  return openInside(root, name, folder, deniedBy(rules.deny));
}

type Denied = (path: string) => boolean;

async function openInside(
  root: string,
  given: string,
  folder: string,
  isDenied: Denied,
): Promise<OutgoingSource> {
  const { absolute, path } = await inside(root, given, folder, isDenied);
  const found = await lstat(absolute).catch((error) => Promise.reject(unreadable(given, error)));
  if (!found.isFile()) {
    throw new RefusedFileError(
      `${given} is not a plain file. A folder can be packed first, such as with tar.`,
    );
  }
  // Without waiting: whoever puts a pipe there now must not hold up the bridge.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(absolute, flags).catch((error) => Promise.reject(unreadable(given, error)));
  try {
    const size = await checkOpened(handle, { absolute, given });
    return { handle, path, size };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** @returns its size. */
async function checkOpened(
  handle: FileHandle,
  { absolute, given }: { absolute: string; given: string },
): Promise<number> {
  const opened = await handle.stat();
  if (!opened.isFile()) throw new RefusedFileError(`${given} is not a plain file.`);
  // A folder on the way may have become a link since it was resolved: what counts is where the open file lies.
  const place = await placeOf(handle, absolute).catch(() => "");
  const there = await lstat(place).catch(() => undefined);
  if (place !== absolute || there?.ino !== opened.ino || there.dev !== opened.dev) {
    throw new RefusedFileError(`${given} was replaced by something else meanwhile. Try again.`);
  }
  if (opened.nlink > 1) {
    throw new RefusedFileError(
      `${given} has a second name somewhere (a hard link), so it may belong to something else. Copy it, then send the copy.`,
    );
  }
  if (opened.size > LARGEST_FILE) {
    throw new RefusedFileError(`${given} is larger than 50 MB, more than Telegram takes from a bot.`);
  }
  if (opened.size === 0) throw new RefusedFileError(`${given} is empty.`);
  return opened.size;
}

async function placeOf(handle: FileHandle, absolute: string): Promise<string> {
  // Only Linux tells the path of what is open; elsewhere it is resolved once more.
  if (process.platform === "linux")
    return readlink(`/proc/self/fd/${handle.fd}`).catch(() => realpath(absolute));
  return realpath(absolute);
}

/** @param folder the same as `root`, by the name that people know. */
async function inside(
  root: string,
  given: string,
  folder: string,
  isDenied: Denied,
): Promise<{ absolute: string; path: string }> {
  const byRealName = resolve(root, given);
  const asked = isBelow(root, byRealName) ? byRealName : join(root, relative(folder, resolve(folder, given)));
  // Before anything is looked for: an answer must not tell what there is elsewhere.
  if (given.includes("\0") || !isBelow(root, asked)) throw outside(given);
  refuseDenied(root, asked, given, isDenied);
  const absolute = await realpath(asked).catch((error) => Promise.reject(unreadable(given, error)));
  if (!isBelow(root, absolute)) throw outside(given);
  refuseDenied(root, absolute, given, isDenied);
  return { absolute, path: slashed(relative(root, absolute)) };
}

function isBelow(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function refuseDenied(root: string, path: string, given: string, isDenied: Denied): void {
  if (!isDenied(slashed(relative(root, path)))) return;
  throw new RefusedFileError(
    `${given} is not sent: files of its kind hold keys, passwords or the state of git or nanogent (or NANOGENT_DENY_FILES names it).`,
  );
}

function slashed(path: string): string {
  return path.split(sep).join("/");
}

function outside(given: string): RefusedFileError {
  return new RefusedFileError(`${given} is not in the project. Only files in the project's folder are sent.`);
}

function unreadable(given: string, error: unknown): RefusedFileError {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ENOTDIR") return new RefusedFileError(`There is no ${given} here.`);
  if (code === "ELOOP") return new RefusedFileError(`${given} is a link that leads nowhere.`);
  return new RefusedFileError(`${given} cannot be read (${code}).`);
}
