import { existsSync, lstatSync, statSync } from "node:fs";
import { join } from "node:path";
import { type BriefRun, runBriefly } from "../agents/process/brief-run.ts";
import { ignoreOwnFiles } from "../gitignore.ts";
import { ASK_MS, type Finding, type Patient } from "./examination.ts";

const NAME = "git";
type Git = (...args: string[]) => Promise<BriefRun>;

/** Whether what the agent changes can be undone, and whether the token could get into the repository. */
export async function git({ folder, env, config, paths }: Patient): Promise<readonly Finding[]> {
  const secrets = config?.secretValues ?? [];
  const settled = {
    ...env,
    // In words that are known here, without asking anybody, and without a lock that would be in the agent's way.
    ...{ LC_ALL: "C", GIT_TERMINAL_PROMPT: "0", GIT_OPTIONAL_LOCKS: "0" },
  };
  const ask: Git = (...args) =>
    // A repository's own settings could name a program to be run as its watcher.
    runBriefly({
      command: "git",
      args: ["-c", "core.fsmonitor=false", ...args],
      ...{ cwd: folder, env: settled, secrets, deadlineMs: ASK_MS },
    });
  const tree = await ask("rev-parse", "--is-inside-work-tree");
  if (tree.exit?.error) return [{ name: NAME, state: "skipped", words: "git is not installed." }];
  if (/not a git repository/i.test(tree.stderr)) {
    return [
      {
        name: NAME,
        state: "warning",
        words: "This folder is not in a git repository: what the agent changes cannot be undone.",
        fix: "Make it one: git init",
      },
    ];
  }
  if (tree.exit?.code !== 0)
    return [{ name: NAME, state: "skipped", words: `git does not answer${why(tree)}.` }];
  if (tree.stdout.trim() !== "true") {
    return [{ name: NAME, state: "skipped", words: "This folder is git's own." }];
  }
  const [changes, secrecy] = await Promise.all([changesOf(ask), secrecyOf(ask, folder, paths)]);
  return [changes, ...secrecy];
}

async function changesOf(ask: Git): Promise<Finding> {
  const status = await ask("status", "--porcelain", "--", ".");
  if (status.exit?.code !== 0)
    return { name: NAME, state: "skipped", words: `git does not answer${why(status)}.` };
  const changes = status.stdout.split("\n").filter((line) => line !== "").length;
  if (changes === 0) return { name: NAME, state: "pass", words: "Everything here is committed." };
  return {
    name: NAME,
    state: "warning",
    words: `${changes} ${changes === 1 ? "change is" : "changes are"} not committed, and the agent may change the same files.`,
    fix: "Commit or stash first what you could not do again.",
  };
}

/** Whether git would take, or has taken, what must stay here. */
async function secrecyOf(ask: Git, folder: string, paths: Patient["paths"]): Promise<Finding[]> {
  const [tracked, env, state] = await Promise.all([
    ask("ls-files", "--", ".env", ".nanogent"),
    ask("check-ignore", "-q", ".env"),
    ask("check-ignore", "-q", ".nanogent/lock.json"),
  ]);
  const kept = [...new Set(tracked.stdout.split("\n").map((path) => path.split("/", 1)[0] ?? ""))].filter(
    Boolean,
  );
  const findings: Finding[] = [];
  if (kept.length > 0) {
    findings.push({
      name: NAME,
      state: "fail",
      words: `${kept.join(" and ")} is in the repository, and with it what must stay secret.`,
      fix: `Take it out (git rm -r --cached ${kept.join(" ")}), then have @BotFather make a new token: /revoke`,
    });
  }
  const names = [
    ...(existsSync(paths.env) && env.exit?.code === 1 && !kept.includes(".env") ? [".env"] : []),
    ...(state.exit?.code === 1 && !kept.includes(".nanogent") ? [".nanogent/"] : []),
  ];
  const obstacle = obstacleTo(folder);
  if (names.length > 0) {
    const words = `git does not ignore ${names.join(" and ")}: the next commit could hold the token.`;
    if (obstacle) return [...findings, { name: NAME, state: "warning", words, fix: obstacle }];
    findings.push({
      name: NAME,
      state: "warning",
      words,
      fix: `nanogent doctor --fix adds ${names.length === 1 ? "it" : "them"} to .gitignore.`,
      mend() {
        const added = ignoreOwnFiles(folder);
        if (added.length === 0)
          throw new Error(".gitignore names them already; another line takes that back");
        return `Added ${added.join(" and ")} to .gitignore.`;
      },
    });
  }
  return findings;
}

/** What to do about a `.gitignore` to which nothing can be added. */
function obstacleTo(folder: string): string | undefined {
  const path = join(folder, ".gitignore");
  const kind = lstatSync(path, { throwIfNoEntry: false });
  const found = statSync(path, { throwIfNoEntry: false });
  if (!kind || found?.isFile()) return undefined;
  const what = found ? "is not a file" : "is a link that leads nowhere";
  return `.gitignore ${what}: remove it (rm -r .gitignore), then nanogent doctor --fix makes one.`;
}

function why({ exit, stderr }: BriefRun): string {
  if (exit === undefined) return " in time";
  const line = stderr.trim().split("\n", 1)[0];
  return line ? `: ${line.replace(/^fatal: /, "").replace(/\.$/, "")}` : "";
}
