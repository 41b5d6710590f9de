import { rmSync } from "node:fs";
import { join } from "node:path";
import { within } from "../within.ts";
import { behindLink, foundAt } from "./behind-link.ts";
import { type Shadow, UndoFault } from "./shadow.ts";

/** A turn waits no longer for its snapshot. */
const SNAPSHOT_MS = 5_000;
/** What is hashed for the first time may take longer, while the turn runs: then the next snapshot is quick. */
const HASHING_MS = 120_000;
const TOO_LONG = "A snapshot of the files takes too long (more than 5 s).";
const MOST_FILES = 100_000;
const MOST_BYTES = 300_000_000;

/** Takes snapshots of the project's files, one at a time. Only what has changed since the last one is read. */
export class Snapshots {
  readonly #shadow: Shadow;
  readonly #folder: string;
  #last: Promise<unknown> = Promise.resolve();
  /** The last one still reads files, or has given up on them. */
  #late: string | undefined;

  /** @param folder The project's, absolute. */
  constructor(shadow: Shadow, folder: string) {
    this.#shadow = shadow;
    this.#folder = folder;
  }

  /**
   * All files of the project but those that git ignores, those of nested repositories, and nanogent's own.
   * @returns the tree of git that holds them.
   * @throws UndoFault when it takes too long, or there is too much.
   */
  async take(): Promise<string> {
    // Each turn would wait for nothing.
    if (this.#late !== undefined) throw new UndoFault(this.#late);
    let tree: string | undefined;
    const taking = this.#last.then(async () => {
      tree = await this.#take();
    });
    this.#last = taking.catch(() => {});
    if (!(await within(taking, SNAPSHOT_MS))) {
      this.#late = TOO_LONG;
      void taking.then(
        () => {
          this.#late = undefined;
        },
        () => {},
      );
    }
    if (tree === undefined) throw new UndoFault(TOO_LONG);
    return tree;
  }

  async #take(): Promise<string> {
    const shadow = this.#shadow;
    await shadow.open();
    const own = `/${shadow.prefix.replace(/[[\]*?\\]/g, "\\$&")}`;
    const hidden = [".nanogent/", ".env"].map((name) => `--exclude=${own}${name}`);
    const [fresh, forced] = await Promise.all([
      shadow.git(["ls-files", "-z", "--modified", "--deleted", "--others", "--exclude-standard", ...hidden]),
      // What git keeps although a rule ignores it is as much a file of the project as any other.
      shadow.ofProject(["ls-files", "-z", "--cached", "--ignored", "--exclude-standard"]),
    ]);
    const names = new Set([...split(fresh), ...split(forced).filter((name) => !isOwn(name))]);
    const { changed, replaced } = this.#measured(names);
    // One that was killed has left its lock behind.
    rmSync(join(shadow.path, "index.lock"), { force: true });
    // Where a folder or a link has taken the place of a file, git would only complain.
    if (replaced.length > 0)
      await shadow.git(["update-index", "--force-remove", "-z", "--stdin"], { input: joined(replaced) });
    if (changed.length > 0) {
      const input = joined(changed);
      await shadow.git(["update-index", "--add", "--remove", "--replace", "-z", "--stdin"], {
        input,
        deadlineMs: HASHING_MS,
      });
    }
    return (await shadow.git(["write-tree"])).trim();
  }

  /** Without nested repositories. @throws UndoFault when it is too much. */
  #measured(names: ReadonlySet<string>): { changed: string[]; replaced: string[] } {
    if (names.size > MOST_FILES)
      throw new UndoFault(`More than ${MOST_FILES} files are new or have changed.`);
    const isBehindLink = behindLink(this.#folder);
    let bytes = 0;
    const replaced: string[] = [];
    const changed = [...names].filter((name) => {
      const found = foundAt(join(this.#folder, name));
      bytes += found?.isFile() ? found.size : 0;
      const isFolder = found?.isDirectory() ?? false;
      const isGone = isFolder || isBehindLink(name);
      // Nested repositories have a slash at the end.
      if (isGone && !name.endsWith("/")) replaced.push(name);
      return !isGone;
    });
    if (bytes > MOST_BYTES) throw new UndoFault("More than 300 MB of files are new or have changed.");
    return { changed, replaced };
  }
}

function isOwn(name: string): boolean {
  return name === ".env" || name.startsWith(".nanogent/");
}

/** As git reads names from its stdin. */
export function joined(names: readonly string[]): string {
  return names.map((name) => `${name}\0`).join("");
}

function split(names: string): string[] {
  return names.split("\0").filter((name) => name !== "");
}
