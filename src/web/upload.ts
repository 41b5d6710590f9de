import { type FileHandle, mkdtemp, open, realpath, rm } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { basename, extname, join } from "node:path";
import { limited } from "./body.ts";
import { HttpError } from "./http-error.ts";

const LARGEST_FILE = 50_000_000;
const LONGEST_NAME = 100;
const MOST_OF_A_NAME = 1_000;

/**
 * Writes the body of a request into a folder, under its name or, where there is one of that name, with a number behind it.
 * What was written of one that was cut off is removed.
 * @returns the path, absolute.
 * @throws HttpError
 */
export async function receiveFile(request: IncomingMessage, folder: string, name: string): Promise<string> {
  try {
    const { path, handle } = await createNew(await realpath(folder), safeName(name));
    try {
      for await (const chunk of limited(request, LARGEST_FILE, "50 MB")) await handle.writeFile(chunk);
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    } finally {
      await handle.close();
    }
    return path;
  } catch (error) {
    throw error instanceof HttpError ? error : explain(error);
  }
}

/**
 * Takes the body of a request on its way to another machine. It is sent on when it is here whole: what is cut off halfway
 * must not get there.
 * @param put Gets where it lies for now.
 * @throws HttpError, and what `put` throws
 */
export async function receiveForElsewhere<T>(
  request: IncomingMessage,
  put: (path: string, name: string) => Promise<T>,
  name: string,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "nanogent-upload-"));
  try {
    const path = await receiveFile(request, folder, name);
    return await put(path, basename(path));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Without what could lead elsewhere, hide it, or act on a terminal. @throws HttpError when nothing is left. */
function safeName(given: string): string {
  const last = given.split(/[/\\]/).at(-1) ?? "";
  const plain = last
    .normalize("NFC")
    .replace(/[\p{C}\p{Zl}\p{Zp}:*?"<>|]/gu, "")
    .trim()
    // Such as .env, .bashrc, or -rf.
    .replace(/^[.\-\s]+/, "");
  const extension = extname(plain).slice(0, 20);
  const stem = [...plain.slice(0, plain.length - extname(plain).length)];
  let cut = stem.slice(0, LONGEST_NAME).join("");
  // File systems count bytes.
  while (Buffer.byteLength(cut + extension) > 200) cut = [...cut].slice(0, -1).join("");
  if (cut === "") throw new HttpError(400, "bad-name", "The file needs a name.");
  return cut + extension;
}

async function createNew(folder: string, name: string): Promise<{ path: string; handle: FileHandle }> {
  const extension = extname(name);
  const stem = name.slice(0, name.length - extension.length);
  for (let number = 1; number <= MOST_OF_A_NAME; number++) {
    const path = join(folder, number === 1 ? name : `${stem}-${number}${extension}`);
    try {
      // It fails for everything that has the name, also for a link that leads nowhere.
      return { path, handle: await open(path, "wx") };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
  throw new HttpError(409, "name-taken", `There are too many files called ${name}.`);
}

function explain(error: unknown): HttpError {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC") return new HttpError(507, "disk-full", "The disk is full.");
  return new HttpError(409, "not-written", `The file cannot be written there (${code ?? "cut off"}).`);
}
