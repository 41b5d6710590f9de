import { existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type GitRun, runGit } from "./run-git.ts";

export interface ShadowOptions {
  /** The project's folder, absolute. */
  readonly folder: string;
  /** Where the repository of nanogent's own is. */
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
  /** Values that must not reach the environment of git. */
  readonly secrets: () => readonly string[];
}

/** Why something cannot be undone. Fit for the chat. */
export class UndoFault extends Error {
  override name = "UndoFault";
}

interface GitOptions {
  /** For its stdin. */
  readonly input?: string;
  readonly deadlineMs?: number;
  /** An exit code that is an answer too. */
  readonly also?: number;
  /** Another index than the shadow's own. */
  readonly index?: string;
}

/** What git knows of the project. */
interface Home {
  readonly top: string;
  /** The project's folder in it, empty or with a slash at the end. */
  readonly prefix: string;
  readonly exclude: string;
}

const DEADLINE_MS = 20_000;
const DECIDES = [
  "-c",
  "core.fsmonitor=false",
  "-c",
  "core.hooksPath=/dev/null",
  "-c",
  "core.quotePath=false",
  "-c",
  "core.autocrlf=false",
  "-c",
  "core.sparseCheckout=false",
  "-c",
  "core.splitIndex=false",
  "--no-pager",
];
/** Files go in and come out byte for byte, so that no filter is run. */
const ATTRIBUTES = "* -text !eol !filter !ident !working-tree-encoding\n";
/** Of the project's own settings, those that say what its file system can do, and what is not looked at. */
const KEPT = /^core\.(filemode|symlinks|ignorecase|precomposeunicode|excludesfile)$/;

/**
 * A git repository of nanogent's own with the files of the project as its work tree: the project's index, branches, stash
 * and objects stay as they are, its hooks and filters are not run, and it goes when `.nanogent/` goes. What the project's
 * repository has already is not stored a second time.
 */
export class Shadow {
  readonly path: string;
  readonly #options: ShadowOptions;
  #home: Home | undefined;

  constructor(options: ShadowOptions) {
    this.#options = options;
    this.path = options.path;
  }

  /** The project's folder as the trees name it: empty, or with a slash at the end. */
  get prefix(): string {
    return this.#home?.prefix ?? "";
  }

  /** Makes the repository, once in a life. @throws UndoFault where there is no work tree of git. */
  async open(): Promise<void> {
    if (this.#home && existsSync(join(this.path, "HEAD"))) {
      this.#copyExcludes(this.#home.exclude);
      return;
    }
    const { folder } = this.#options;
    const asked = await this.#run(
      [
        ...["rev-parse", "--is-inside-work-tree", "--show-toplevel", "--git-path", "objects"],
        ...["--git-path", "info/exclude", "--show-object-format", "--show-prefix"],
      ],
      this.#ownEnv(),
    );
    const [inside, top = "", objects = "", exclude = "", format, prefix = ""] = asked.stdout.split("\n");
    if (inside !== "true") {
      const why =
        asked.code !== 0 && /dubious/.test(asked.stderr) ? ": git says that it belongs to another user" : "";
      throw new UndoFault(`This folder is not in a work tree of git${why}, so there is no /undo.`);
    }
    const settings = await this.#run(["config", "-z", "--get-regexp", "^core\\."], this.#ownEnv());
    this.#make(settings.stdout, format === "sha256", resolve(folder, objects));
    this.#home = { top, prefix, exclude: resolve(folder, exclude) };
    this.#copyExcludes(this.#home.exclude);
  }

  /** Runs git in the repository of nanogent's own. @throws UndoFault */
  git(args: readonly string[], options: GitOptions = {}): Promise<string> {
    const { index } = options;
    const env = {
      ...this.#ownEnv(),
      GIT_DIR: this.path,
      GIT_WORK_TREE: this.#home?.top ?? this.#options.folder,
      ...(index === undefined ? {} : { GIT_INDEX_FILE: index }),
    };
    return this.#asked(args, env, options);
  }

  /** Asks git about the project's own repository. @throws UndoFault */
  ofProject(args: readonly string[], options: GitOptions = {}): Promise<string> {
    return this.#asked(args, this.#ownEnv(), options);
  }

  async #asked(args: readonly string[], env: NodeJS.ProcessEnv, options: GitOptions): Promise<string> {
    const { code, stdout, stderr } = await this.#run(args, env, options);
    if (code === 0 || (code !== null && code === options.also)) return stdout;
    // It may have been moved or made anew: the next time it is looked for again.
    this.#home = undefined;
    const reason = stderr.trim().split("\n", 1)[0] ?? "";
    throw new UndoFault(`git refuses: ${reason.replace(/^(fatal|error): /, "")}`);
  }

  async #run(
    args: readonly string[],
    env: NodeJS.ProcessEnv,
    { input, deadlineMs = DEADLINE_MS }: GitOptions = {},
  ): Promise<GitRun> {
    const { folder, secrets } = this.#options;
    const how = { cwd: folder, env, secrets: secrets(), input, deadlineMs };
    const run = await runGit([...DECIDES, ...args], how);
    if (run.error?.code === "ENOENT") throw new UndoFault("git is not installed here, so there is no /undo.");
    if (run.error) throw new UndoFault(`git cannot be run: ${run.error.code}`);
    if (run.code === null) throw new UndoFault("git takes too long.");
    return run;
  }

  /** A bridge that was started by git, such as in a hook, must not look at another repository than the project's. */
  #ownEnv(): NodeJS.ProcessEnv {
    const others = Object.entries(this.#options.env).filter(([name]) => !name.startsWith("GIT_"));
    return {
      ...Object.fromEntries(others),
      LC_ALL: "C",
      GIT_TERMINAL_PROMPT: "0",
      GIT_OPTIONAL_LOCKS: "0",
      GIT_NO_LAZY_FETCH: "1",
    };
  }

  #make(settings: string, sha256: boolean, objects: string): void {
    for (const name of ["objects/info", "refs", "info"])
      mkdirSync(join(this.path, name), { recursive: true, mode: 0o700 });
    const kept = settings.split("\0").flatMap((entry) => {
      const [key = "", value = ""] = entry.split("\n", 2);
      return KEPT.test(key) ? [`\t${key.slice("core.".length)} = ${quoted(value)}\n`] : [];
    });
    const format = sha256 ? "[extensions]\n\tobjectformat = sha256\n" : "";
    const version = `[core]\n\trepositoryformatversion = ${sha256 ? 1 : 0}\n\tbare = false\n\tsharedrepository = 0600\n`;
    this.#write("config", `${version}${kept.join("")}${format}`);
    this.#write("HEAD", "ref: refs/heads/none\n");
    this.#write("info/attributes", ATTRIBUTES);
    this.#write("objects/info/alternates", `${quoted(objects)}\n`);
  }

  #copyExcludes(exclude: string): void {
    const there = lstatSync(exclude, { throwIfNoEntry: false })?.isFile();
    this.#write("info/exclude", there ? readFileSync(exclude, "utf8") : "");
  }

  #write(name: string, text: string): void {
    writeFileSync(join(this.path, name), text, { mode: 0o600 });
  }
}

function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, "\\$&").replaceAll("\n", "\\n")}"`;
}
