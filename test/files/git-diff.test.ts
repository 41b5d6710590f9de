import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { gitChanges } from "../../src/files/git-diff.ts";
import { temporaryFolder } from "../fakes/folder.ts";

async function repository(t: TestContext) {
  const folder = await temporaryFolder(t);
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.org", ...args], { cwd: folder });
  git("init", "-q");
  const changes = (path = "", env: NodeJS.ProcessEnv = {}) =>
    gitChanges(path, { folder, deny: ["*.csv"], secrets: [] }, { ...process.env, ...env });
  const write = (name: string, text: string) => writeFile(join(folder, name), text);
  return { folder, git, changes, write };
}

test("changes since the last commit, and new files, but for what is not sent", async (t) => {
  const { git, changes, write, folder } = await repository(t);
  await mkdir(join(folder, "src"));
  for (const name of ["a.txt", ".env", "src/b.txt", "src/-x.txt"]) await write(name, "before\n");
  git("add", "-f", ".");
  assert.match((await changes()).diff, /^\+before$/m, "before the first commit");
  git("commit", "-qm", "x");
  assert.deepEqual(await changes(), { diff: "", untracked: [] });
  for (const name of ["a.txt", ".env", "src/b.txt", "src/-x.txt"]) await write(name, `after ${name}\n`);
  for (const name of ["new größe.txt", "new.csv", "server.key"]) await write(name, "x");
  const all = await changes();
  for (const name of ["a.txt", "src/b.txt", "src/-x.txt"])
    assert.ok(all.diff.includes(`+after ${name}`), name);
  assert.ok(!all.diff.includes(".env"));
  assert.deepEqual(all.untracked, ["new größe.txt"]);
  const some = await changes("src/b.txt");
  assert.deepEqual(some.diff.match(/^\+after .*$/gm), ["+after src/b.txt"]);
  assert.deepEqual(some.untracked, []);
  assert.deepEqual((await changes("src", { GIT_DIR: "/nowhere" })).diff.match(/^\+after/gm)?.length, 2);
  await rename(join(folder, "a.txt"), join(folder, ".env"));
  assert.ok(
    !(await changes()).diff.includes("+after a.txt"),
    "failure 23: what was moved under a name that stays",
  );
});

test("a path is only a path", async (t) => {
  const { changes, write, folder, git } = await repository(t);
  await write("a.txt", "x");
  git("add", ".");
  git("commit", "-qm", "x");
  for (const path of ["--output=pwned", ":(top)", "$(touch pwned)", "; touch pwned"]) {
    assert.deepEqual(await changes(path), { diff: "", untracked: [] }, path);
  }
  await assert.rejects(changes("../x"), /outside repository/);
  assert.ok(!existsSync(join(folder, "pwned")));
});

test("no program that the repository names is run", async (t) => {
  const { changes, write, folder, git } = await repository(t);
  await write("a.txt", "x\n");
  await write(".gitattributes", "* diff=evil\n");
  git("add", ".");
  git("commit", "-qm", "x");
  const touch = `touch ${join(folder, "pwned")}`;
  for (const key of [
    "diff.external",
    "diff.evil.command",
    "diff.evil.textconv",
    "core.fsmonitor",
    "core.pager",
  ])
    git("config", key, touch);
  await write("a.txt", "y\n");
  assert.match((await changes("", { GIT_EXTERNAL_DIFF: touch })).diff, /^\+y$/m);
  assert.ok(!existsSync(join(folder, "pwned")));
});

test("where there is no repository, it says so", async (t) => {
  const folder = await temporaryFolder(t);
  const rules = { folder, deny: [], secrets: [] };
  await assert.rejects(gitChanges("", rules, process.env), /not in a git repository/);
  await assert.rejects(gitChanges("", rules, { PATH: "/nonexistent" }), /git is not installed/);
});
