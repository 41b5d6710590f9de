import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { git } from "../../src/doctor/git.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { lines, patient } from "./patients.ts";

/** No settings of this machine's user, and no repository above the folder. */
const env = {
  PATH: process.env.PATH,
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CEILING_DIRECTORIES: "/tmp",
};

function run(folder: string, ...args: string[]): void {
  const who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"];
  execFileSync("git", [...who, ...args], { cwd: folder, env, stdio: "pipe" });
}

/** A repository with these files committed, and then the `.env` of a patient beside them. */
async function repository(t: TestContext, files: Readonly<Record<string, string>>) {
  const folder = await temporaryFolder(t);
  run(folder, "init", "-q");
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  run(folder, "add", "-f", ".");
  run(folder, "commit", "-q", "--allow-empty", "-m", "first");
  return { folder, look: async () => git(await patient(t, { folder, env })) };
}

const IGNORED = { ".gitignore": ".env\n.nanogent/\n" };

test("outside of a repository it warns, without git it has nothing to say", async (t) => {
  assert.deepEqual(lines(await git(await patient(t, { env }))), [
    "git warning: This folder is not in a git repository: what the agent changes cannot be undone. → Make it one: git init",
  ]);
  assert.deepEqual(lines(await git(await patient(t, { env: { PATH: "/nonexistent" } }))), [
    "git skipped: git is not installed.",
  ]);
  const { folder } = await repository(t, IGNORED);
  assert.deepEqual(lines(await git(await patient(t, { folder: join(folder, ".git"), env }))), [
    "git skipped: This folder is git's own.",
  ]);
});

test("changes that are not committed are counted, in the folder only", async (t) => {
  const { folder, look } = await repository(t, { ...IGNORED, a: "1" });
  const clean = ["git pass: Everything here is committed."];
  assert.deepEqual(lines(await look()), clean);
  writeFileSync(join(folder, "a"), "2");
  assert.match(lines(await look())[0] ?? "", /^git warning: 1 change is not committed, .* → Commit or stash/);
  writeFileSync(join(folder, "b"), "");
  assert.match(lines(await look())[0] ?? "", /^git warning: 2 changes are not committed/);
  const below = join(folder, "below");
  mkdirSync(below);
  assert.deepEqual(lines(await git(await patient(t, { folder: below, env }))), clean);
});

test("what git does not ignore is added to .gitignore", async (t) => {
  const { folder, look } = await repository(t, { ".gitignore": "dist" });
  const found = await look();
  assert.deepEqual(lines(found).slice(1), [
    "git warning: git does not ignore .env and .nanogent/: the next commit could hold the token. → nanogent doctor --fix adds them to .gitignore.",
  ]);
  assert.equal(await found[1]?.mend?.(), "Added .env and .nanogent/ to .gitignore.");
  assert.equal(readFileSync(join(folder, ".gitignore"), "utf8"), "dist\n.env\n.nanogent/\n");
  assert.equal((await look()).length, 1);
});

test("a line that takes the ignoring back is not mended by saying it again", async (t) => {
  const { look } = await repository(t, { ".gitignore": ".env\n.nanogent/\n!.env\n" });
  const found = (await look()).find(({ mend }) => mend);
  assert.match(found?.words ?? "", /^git does not ignore \.env:/);
  assert.throws(() => found?.mend?.(), /another line takes that back/);
});

test("a .gitignore to which nothing can be added has to go first", async (t) => {
  const cases: [lay: (path: string) => void, advice: RegExp][] = [
    [(path) => mkdirSync(path), /→ \.gitignore is not a file: remove it/],
    [(path) => symlinkSync("nowhere", path), /→ \.gitignore is a link that leads nowhere: remove it/],
  ];
  for (const [lay, advice] of cases) {
    const { folder, look } = await repository(t, {});
    lay(join(folder, ".gitignore"));
    const found = (await look()).find(({ words }) => words.startsWith("git does not ignore"));
    assert.match(lines(found ? [found] : [])[0] ?? "", advice);
    assert.equal(found?.mend, undefined);
  }
});

test("what is in the repository already is a failure, with the way out", async (t) => {
  const { folder, look } = await repository(t, { ...IGNORED, ".env": "TELEGRAM_BOT_TOKEN=x\n" });
  run(folder, "commit", "-q", "--allow-empty", "-m", "second");
  assert.deepEqual(lines(await look()).slice(1), [
    "git fail: .env is in the repository, and with it what must stay secret. → Take it out (git rm -r --cached .env), then have @BotFather make a new token: /revoke",
  ]);
});

test("no program that the repository names is run", async (t) => {
  const { folder, look } = await repository(t, IGNORED);
  const trap = join(folder, ".git", "trap");
  writeFileSync(trap, `#!/bin/sh\ntouch '${folder}/caught'\n`, { mode: 0o755 });
  run(folder, "config", "core.fsmonitor", trap);
  assert.deepEqual(lines(await look()), ["git pass: Everything here is committed."]);
});
