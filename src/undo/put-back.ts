import { chmodSync, lstatSync, mkdirSync, renameSync, rmdirSync, rmSync, unlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { behindLink, foundAt } from "./behind-link.ts";
import type { ChangedFile } from "./changed-files.ts";
import type { Shadow } from "./shadow.ts";
import { joined } from "./snapshot.ts";

/** A file that was left as it is, and why. */
export interface LeftFile {
  readonly name: string;
  readonly why: string;
}

/**
 * Puts files back as a tree has them; those that it has not are removed, and so are folders that are empty then. All that
 * is needed is brought out of git before the first file is touched. Of a file that cannot be put back it is told.
 * @param folder The project's, absolute.
 * @throws UndoFault when nothing was done.
 */
export async function putBack(
  files: readonly ChangedFile[],
  tree: string,
  shadow: Shadow,
  folder: string,
): Promise<readonly LeftFile[]> {
  const made = join(shadow.path, "out");
  const index = join(shadow.path, "out.index");
  const back = files.filter(({ oldMode }) => oldMode !== undefined);
  const left: LeftFile[] = [];
  const attempt = (name: string, act: (path: string) => void): void => {
    try {
      const path = join(folder, name);
      if (behindLink(folder)(name)) throw new Error("there is a link on the way to it");
      act(path);
    } catch (error) {
      left.push({ name, why: error instanceof Error ? error.message : String(error) });
    }
  };
  try {
    rmSync(made, { recursive: true, force: true });
    if (back.length > 0) {
      await shadow.git(["read-tree", tree], { index });
      const names = joined(back.map(({ name }) => name));
      await shadow.git(["checkout-index", "-q", "-z", "--stdin", `--prefix=${made}/`], {
        index,
        input: names,
      });
    }
    for (const { name } of files.filter(({ oldMode }) => oldMode === undefined)) {
      attempt(name, (path) => {
        unlinkSync(path);
        removeEmptyFolders(dirname(path), folder);
      });
    }
    for (const { name, oldMode } of back) {
      attempt(name, (path) => moveInto(join(made, shadow.prefix, name), path, oldMode === "100755"));
    }
    return left;
  } finally {
    rmSync(made, { recursive: true, force: true });
    rmSync(index, { force: true });
  }
}

/** A file keeps who may read and write it: git knows only whether it can be run. */
function moveInto(from: string, to: string, executable: boolean): void {
  const there = foundAt(to);
  if (there?.isDirectory()) throw new Error("there is a folder of that name now");
  mkdirSync(dirname(to), { recursive: true });
  if (there?.isFile() && lstatSync(from).isFile()) {
    const plain = there.mode & 0o666;
    chmodSync(from, executable ? plain | ((plain & 0o444) >> 2) : plain);
  }
  renameSync(from, to);
}

function removeEmptyFolders(path: string, folder: string): void {
  try {
    for (let at = path; at !== folder; at = dirname(at)) rmdirSync(at);
  } catch {
    // Something else is in it.
  }
}
