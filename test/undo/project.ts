import { execFileSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { silentLog } from "../../src/log.ts";
import { projectPaths } from "../../src/project.ts";
import { Undo } from "../../src/undo/undo.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { jobOf } from "../records.ts";

/** What can happen to the files of a folder. */
export interface Hand {
  write(name: string, content: string | Buffer, mode?: number): void;
  remove(name: string): void;
  link(name: string, target: string): void;
  chmod(name: string, mode: number): void;
  git(...args: string[]): string;
}

export function handIn(folder: string): Hand {
  const at = (name: string): string => join(folder, name);
  return {
    write(name, content, mode) {
      mkdirSync(dirname(at(name)), { recursive: true });
      writeFileSync(at(name), content);
      if (mode !== undefined) chmodSync(at(name), mode);
    },
    remove: (name) => rmSync(at(name), { recursive: true }),
    link: (name, target) => symlinkSync(target, at(name)),
    chmod: (name, mode) => chmodSync(at(name), mode),
    git: (...args) =>
      execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.org", ...args], {
        cwd: folder,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
      }),
  };
}

export interface UndoProject extends Hand {
  readonly folder: string;
  readonly undo: Undo;
  /** The bridge's next life. */
  again(): Undo;
  /** Lets an agent's turn do something. */
  turn(act: (hand: Hand) => void, undo?: Undo): Promise<void>;
  /** Presses the button under `/undo`. */
  press(undo?: Undo): ReturnType<Undo["revert"]>;
  /** Every file with its mode and content, but those of git and nanogent. */
  files(): Record<string, string>;
}

export const CONVERSATION = "7";

/** A folder with some files, in a git repository with one commit unless told. */
export async function undoProject(t: TestContext, { commits = true } = {}): Promise<UndoProject> {
  const folder = await temporaryFolder(t);
  const hand = handIn(folder);
  hand.git("init", "-q");
  for (const [name, content] of Object.entries(START)) hand.write(name, content);
  hand.chmod("run.sh", 0o755);
  hand.link("link", "a.txt");
  hand.write(".gitignore", "*.log\n.nanogent/\n.env\n");
  if (commits) {
    hand.git("add", ".");
    hand.git("commit", "-qm", "x");
  }
  hand.write(".env", "TOKEN=1\n");
  hand.write("ignored.log", "before\n");
  hand.write("untracked.txt", "before\n");
  const again = (): Undo =>
    new Undo({
      paths: projectPaths(folder),
      env: process.env,
      fileRules: () => ({ folder, deny: [], secrets: [] }),
      hasOthers: () => false,
      log: silentLog,
    });
  const undo = again();
  let jobs = 0;
  return {
    ...hand,
    folder,
    undo,
    again,
    async turn(act, by = undo) {
      jobs += 1;
      const job = jobOf(`${jobs}-job`, jobs, []);
      await by.before(job, true);
      act(hand);
      await by.after(job);
    },
    async press(by = undo) {
      const { turn } = await by.lastChanges(CONVERSATION);
      return by.revert(CONVERSATION, turn.id, () => true);
    },
    files: () => filesIn(folder),
  };
}

const START = {
  "a.txt": "one\ntwo\n",
  "src/b.txt": "b\n",
  "src/deep/c.txt": "c\n",
  "run.sh": "#!/bin/sh\n",
  "größe ä\n\t.txt": "odd name\n",
  "crlf.txt": "a\r\nb\r\n",
};

export function filesIn(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  const look = (at: string): void => {
    for (const name of readdirSync(join(folder, at)).sort()) {
      if (at === "" && (name === ".git" || name === ".nanogent")) continue;
      const path = join(at, name);
      const stat = lstatSync(join(folder, path));
      const mode = (stat.mode & 0o777).toString(8);
      if (stat.isDirectory()) {
        found[`${path}/`] = "";
        look(path);
      } else if (stat.isSymbolicLink()) found[path] = `-> ${readlinkSync(join(folder, path))}`;
      else found[path] = `${mode} ${readFileSync(join(folder, path)).toString("base64")}`;
    }
  };
  look("");
  return found;
}
