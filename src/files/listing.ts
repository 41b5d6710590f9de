import { readdir, stat } from "node:fs/promises";
import { type FileRules, RefusedFileError, resolveInside } from "./outgoing-file.ts";

/** One line of a folder's list. */
export interface ListedFile {
  readonly name: string;
  readonly folder: boolean;
  /** Bytes; of a folder it tells nothing. */
  readonly size: number;
}

/** More are not looked at: each costs a call to the file system. */
const MOST_LISTED = 5_000;

/**
 * What is in a folder of the project and may be sent, folders first.
 * @throws RefusedFileError when the folder is outside, denied or no folder.
 */
export async function listFolder(given: string, rules: FileRules): Promise<ListedFile[]> {
  const { absolute, path } = await resolveInside(given, rules);
  const names = await readdir(absolute).catch((error: NodeJS.ErrnoException) => {
    const fault = error.code === "ENOTDIR" ? "is a file; /get sends it" : `cannot be read (${error.code})`;
    throw new RefusedFileError(`${given} ${fault}.`);
  });
  const listed = await Promise.all(
    names.slice(0, MOST_LISTED).map((name) => look(path === "" ? name : `${path}/${name}`, name, rules)),
  );
  return listed
    .filter((file) => file !== undefined)
    .sort((a, b) => Number(b.folder) - Number(a.folder) || a.name.localeCompare(b.name));
}

async function look(path: string, name: string, rules: FileRules): Promise<ListedFile | undefined> {
  try {
    const found = await stat((await resolveInside(path, rules)).absolute);
    return { name, folder: found.isDirectory(), size: found.size };
  } catch {
    // Denied, a link that leads away, or gone meanwhile: nothing that could be asked for.
    return undefined;
  }
}
