import { inBunches } from "../files/git-diff.ts";
import type { Shadow } from "./shadow.ts";
import { joined } from "./snapshot.ts";

/** A file that differs between two snapshots, relative to the project's folder. */
export interface ChangedFile {
  readonly name: string;
  /** As git writes it, such as `100755`; undefined where there was no such file. */
  readonly oldMode: string | undefined;
}

/** The files that differ between two trees. A file that was moved counts as two. @throws UndoFault */
export async function changedFiles(shadow: Shadow, before: string, after: string): Promise<ChangedFile[]> {
  const raw = await shadow.git([
    "diff-tree",
    "-r",
    "-z",
    "--raw",
    "--no-renames",
    "--relative",
    before,
    after,
  ]);
  const pieces = raw.split("\0");
  const files: ChangedFile[] = [];
  for (let at = 0; at + 1 < pieces.length; at += 2) {
    const mode = /^:(\d{6}) /.exec(pieces[at] ?? "")?.[1];
    files.push({ name: pieces[at + 1] ?? "", oldMode: mode === "000000" ? undefined : mode });
  }
  return files;
}

/** The same as a patch that people read. @throws UndoFault */
export async function patchOf(
  shadow: Shadow,
  before: string,
  after: string,
  names: readonly string[],
): Promise<string> {
  const how = ["--relative", "--no-ext-diff", "--no-textconv", "--no-color"];
  const patches: string[] = [];
  for (const some of inBunches(names))
    patches.push(await shadow.git(["--literal-pathspecs", "diff", ...how, before, after, "--", ...some]));
  return patches.join("");
}

/** How `git check-ignore` ends when it has found none. */
const NONE = 1;

/** Those of the names that git ignores by the rules of this moment. @throws UndoFault */
export async function ignoredNames(shadow: Shadow, names: readonly string[]): Promise<ReadonlySet<string>> {
  if (names.length === 0) return new Set();
  // A name with a colon in front would mean something else.
  const input = joined(names.map((name) => `./${name}`));
  const ignored = await shadow.ofProject(["check-ignore", "-z", "--stdin"], { input, also: NONE });
  return new Set(ignored.split("\0").map((name) => name.replace(/^\.\//, "")));
}
