import { type BriefRun, runBriefly } from "../agents/process/brief-run.ts";
import { deniedBy } from "./denied.ts";
import { type FileRules, RefusedFileError } from "./outgoing-file.ts";

/** What has changed since the last commit. */
export interface Changes {
  readonly diff: string;
  /** Files that git does not know yet. */
  readonly untracked: readonly string[];
}

const DEADLINE_MS = 20_000;
const MOST_BYTES = 20_000_000;
/**
 * No program that a repository's settings name for showing changes is run. Its filters are: without them each file of
 * Git LFS would seem to be changed.
 */
const SETTINGS = [
  "-c",
  "core.fsmonitor=false",
  "-c",
  "core.quotePath=false",
  "--no-pager",
  "--literal-pathspecs",
];

/**
 * Asks git what has changed in the project, or under one of its paths. Files that may not be sent are left out.
 * @param path as it was typed; empty for all.
 * @throws RefusedFileError when there is no git, no repository, or no such path in it.
 */
export async function gitChanges(path: string, rules: FileRules, env: NodeJS.ProcessEnv): Promise<Changes> {
  const git = async (...args: string[]): Promise<BriefRun> => {
    const run = await runBriefly({
      command: "git",
      args: [...SETTINGS, ...args],
      cwd: rules.folder,
      env: { ...withoutGit(env), LC_ALL: "C", GIT_TERMINAL_PROMPT: "0", GIT_OPTIONAL_LOCKS: "0" },
      secrets: rules.secrets,
      deadlineMs: DEADLINE_MS,
      mostBytes: MOST_BYTES,
    });
    if (run.exit === undefined) throw new RefusedFileError("git takes too long.");
    if (run.exit.error) throw new RefusedFileError("git is not installed here.");
    return run;
  };
  if ((await git("rev-parse", "--is-inside-work-tree")).stdout.trim() !== "true") {
    throw new RefusedFileError(
      "This folder is not in a git repository, so there is nothing to compare with.",
    );
  }
  const head = await git("rev-parse", "--verify", "--quiet", "HEAD");
  // Before the first commit everything is new.
  const base =
    head.exit?.code === 0
      ? head.stdout.trim()
      : (await git("hash-object", "-t", "tree", "--stdin")).stdout.trim();
  const isDenied = deniedBy(rules.deny);
  const under = path === "" ? "." : path;
  const what = ["--relative", "--no-ext-diff", "--no-textconv", "--no-color", "--ignore-submodules=dirty"];
  const names = await asked(git("diff", ...what, "--name-only", "--no-renames", "-z", base, "--", under));
  const allowed = names.split("\0").filter((name) => name !== "" && !isDenied(name));
  const diffs = [];
  for (const some of inBunches(allowed)) diffs.push(await asked(git("diff", ...what, base, "--", ...some)));
  const others = await asked(git("ls-files", "--others", "--exclude-standard", "-z", "--", under));
  const untracked = others.split("\0").filter((name) => name !== "" && !isDenied(name));
  return { diff: diffs.join(""), untracked };
}

async function asked(running: Promise<BriefRun>): Promise<string> {
  const { exit, stdout, stderr } = await running;
  if (exit?.code === 0) return stdout;
  const reason = stderr.trim().split("\n", 1)[0] ?? "";
  throw new RefusedFileError(`git refuses: ${reason.replace(/^fatal: /, "")}`);
}

/** A bridge that was started by git, such as in a hook, must not look at another repository than the project's. */
function withoutGit(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("GIT_")));
}

const MOST_NAMES = 500;

/** A command line cannot be of any length. */
export function inBunches(names: readonly string[]): string[][] {
  const bunches: string[][] = [];
  for (let at = 0; at < names.length; at += MOST_NAMES) bunches.push(names.slice(at, at + MOST_NAMES));
  return bunches;
}
