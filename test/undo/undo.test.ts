import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { silentLog } from "../../src/log.ts";
import { projectPaths } from "../../src/project.ts";
import { Undo } from "../../src/undo/undo.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { jobOf } from "../records.ts";
import { CONVERSATION, filesIn, type Hand, handIn, undoProject } from "./project.ts";

const BINARY = Buffer.from([0, 1, 2, 255, 254, 13, 10, 0]);

/** What a turn does, and how many files that changes. After the undo everything is as it was. */
const TURNS: readonly [string, number, (hand: Hand) => void][] = [
  ["an edit", 1, ({ write }) => write("a.txt", "one\nthree\n")],
  ["an edit of the same length", 1, ({ write }) => write("a.txt", "owe\ntwo\n")],
  ["an edit of a file that git does not know", 1, ({ write }) => write("untracked.txt", "after\n")],
  ["a new file", 1, ({ write }) => write("new.txt", "new\n")],
  ["a new file in a new folder", 1, ({ write }) => write("new/er/est.txt", "new\n")],
  ["an empty file", 1, ({ write }) => write("empty", "")],
  ["a removed file", 1, ({ remove }) => remove("src/b.txt")],
  ["a removed folder", 2, ({ remove }) => remove("src")],
  [
    "a file that was moved",
    2,
    ({ remove, write }) => {
      remove("a.txt");
      write("moved/a.txt", "one\ntwo\n");
    },
  ],
  ["a mode", 1, ({ chmod }) => chmod("run.sh", 0o644)],
  ["a mode and its content", 1, ({ write }) => write("a.txt", "#!/bin/sh\n", 0o755)],
  [
    "where a link leads to",
    1,
    ({ remove, link }) => {
      remove("link");
      link("link", "run.sh");
    },
  ],
  [
    "a link that became a file",
    1,
    ({ remove, write }) => {
      remove("link");
      write("link", "x");
    },
  ],
  [
    "a file that became a link",
    1,
    ({ remove, link }) => {
      remove("a.txt");
      link("a.txt", "run.sh");
    },
  ],
  [
    "a file that became a folder",
    2,
    ({ remove, write }) => {
      remove("a.txt");
      write("a.txt/inside", "x");
    },
  ],
  [
    "a folder that became a file",
    3,
    ({ remove, write }) => {
      remove("src");
      write("src", "x");
    },
  ],
  [
    "a folder that became a link",
    3,
    ({ remove, link }) => {
      remove("src");
      link("src", "/tmp");
    },
  ],
  ["bytes that are no text", 1, ({ write }) => write("a.txt", BINARY)],
  ["line ends", 1, ({ write }) => write("crlf.txt", "a\nb\n")],
  ["a name of any kind", 1, ({ write }) => write("größe ä\n\t.txt", "after\n")],
  [
    "a name that looks like an option, or a pattern",
    2,
    ({ write }) => ["-n", "*"].map((name) => write(name, "x")),
  ],
  [
    "a commit",
    1,
    ({ write, git }) => {
      write("a.txt", "committed\n");
      git("commit", "-qam", "by the turn");
    },
  ],
];

for (const [title, count, act] of TURNS) {
  test(`undone: ${title}`, async (t) => {
    const { turn, undo, press, files } = await undoProject(t);
    const before = files();
    await turn(act);
    const after = files();
    const changes = await undo.lastChanges(CONVERSATION);
    assert.equal(changes.files.length, count, JSON.stringify(changes.files));
    assert.notEqual(changes.patch, "");
    const { done, left } = await press();
    assert.deepEqual(left, []);
    assert.equal(done.length, count);
    assert.deepEqual(files(), before);
    await press();
    assert.deepEqual(files(), after, "the undo is undone");
  });
}

test("who may read a file stays as it was", async (t) => {
  const { turn, press, write, folder } = await undoProject(t);
  write("private.txt", "before", 0o600);
  await turn((hand) => hand.write("private.txt", "after"));
  await press();
  assert.equal(lstatSync(join(folder, "private.txt")).mode & 0o777, 0o600);
  assert.equal(readFileSync(join(folder, "private.txt"), "utf8"), "before");
});

test("what git ignores, .env, .nanogent and other repositories within are left alone", async (t) => {
  const { turn, undo, press, files, write, git, folder } = await undoProject(t);
  git("add", "-f", ".env");
  mkdirSync(join(folder, "nested"));
  handIn(join(folder, "nested")).git("init", "-q");
  write("nested/x.txt", "before");
  write("becomes.tmp", "before");
  await turn((hand) => {
    hand.write(".env", "TOKEN=2\n");
    hand.write("ignored.log", "after\n");
    hand.write("nested/x.txt", "after");
    hand.write(".nanogent/uploads/x", "after");
    hand.write("becomes.tmp", "after");
    hand.write("a.txt", "after\n");
  });
  // Ignored from now on.
  write(".git/info/exclude", "*.tmp\n");
  const after = files();
  assert.deepEqual(
    (await undo.lastChanges(CONVERSATION)).files.map(({ name }) => name),
    ["a.txt"],
  );
  assert.deepEqual((await press()).done, ["a.txt"]);
  assert.deepEqual({ ...files(), "a.txt": "" }, { ...after, "a.txt": "" });
});

test("what git keeps although a rule ignores it is undone like any other", async (t) => {
  const { turn, press, files, git } = await undoProject(t);
  git("add", "-f", "ignored.log");
  const before = files();
  await turn(({ write }) => write("ignored.log", "after\n"));
  assert.deepEqual((await press()).done, ["ignored.log"]);
  assert.deepEqual(files(), before);
});

test("files that have changed since are named and left as they are", async (t) => {
  const { turn, undo, press, write, remove, folder } = await undoProject(t);
  await turn((hand) => {
    for (const name of ["a.txt", "src/b.txt", "new.txt", "gone.txt"]) hand.write(name, "by the turn\n");
    hand.remove("crlf.txt");
  });
  write("a.txt", "by hand\n");
  write("new.txt", "by hand\n");
  write("crlf.txt", "by hand\n");
  remove("gone.txt");
  const { files, changedSince } = await undo.lastChanges(CONVERSATION);
  assert.deepEqual(
    files.map(({ name }) => name),
    ["src/b.txt"],
  );
  assert.deepEqual(changedSince, ["a.txt", "crlf.txt", "gone.txt", "new.txt"]);
  const { done, left } = await press();
  assert.deepEqual(done, ["src/b.txt"]);
  assert.deepEqual(
    left.map(({ name, why }) => `${name}: ${why}`),
    changedSince.map((name) => `${name}: changed since`),
  );
  for (const name of ["a.txt", "new.txt", "crlf.txt"])
    assert.equal(readFileSync(join(folder, name), "utf8"), "by hand\n", name);
  assert.ok(!existsSync(join(folder, "gone.txt")));
});

test("nothing is written or removed through a link that has come since", async (t) => {
  const { turn, press, remove, link, folder } = await undoProject(t);
  const elsewhere = await temporaryFolder(t);
  writeFileSync(join(elsewhere, "b.txt"), "by the turn\n");
  await turn((hand) => {
    hand.write("src/b.txt", "by the turn\n");
    hand.remove("src/deep");
  });
  remove("src");
  link("src", elsewhere);
  const { done } = await press().catch(() => ({ done: [] }));
  assert.deepEqual(done, []);
  assert.equal(readFileSync(join(elsewhere, "b.txt"), "utf8"), "by the turn\n");
  assert.deepEqual(readdirSync(elsewhere), ["b.txt"]);
  assert.ok(lstatSync(join(folder, "src")).isSymbolicLink());
});

test("the user's index, branches, stash, settings and objects stay as they are, byte for byte", async (t) => {
  const { turn, press, write, git, folder } = await undoProject(t);
  write("a.txt", "stashed\n");
  git("stash", "-q");
  write("a.txt", "staged\n");
  git("add", "a.txt");
  write("a.txt", "staged, and changed again\n");
  const inGit = () => ({ ...filesIn(join(folder, ".git")), log: git("log", "--all", "--oneline") });
  const before = inGit();
  await turn(({ write: by }) => {
    by("a.txt", "after\n");
    by("new.txt", "new\n");
  });
  await press();
  assert.deepEqual(inGit(), before);
  assert.equal(readFileSync(join(folder, "a.txt"), "utf8"), "staged, and changed again\n");
});

test("no program that the repository or the user names is run", async (t) => {
  const { turn, press, undo, write, git, folder, files } = await undoProject(t);
  const touch = `touch ${join(folder, ".git", "pwned")}; cat`;
  write(".gitattributes", "* filter=evil diff=evil text eol=crlf ident\n");
  write("ident.txt", "$Id$\n");
  for (const key of ["core.fsmonitor", "filter.evil.clean", "filter.evil.smudge", "filter.evil.process"])
    git("config", key, touch);
  for (const key of ["diff.external", "diff.evil.command", "diff.evil.textconv", "core.pager"])
    git("config", key, touch);
  for (const hook of ["post-index-change", "post-checkout"])
    write(`.git/hooks/${hook}`, `#!/bin/sh\n${touch}\n`, 0o755);
  const before = files();
  await turn((hand) => {
    hand.write("a.txt", "after\n");
    hand.write("ident.txt", "$Id: 1$\n");
  });
  await undo.lastChanges(CONVERSATION);
  await press();
  assert.deepEqual(files(), before);
  assert.ok(!existsSync(join(folder, ".git", "pwned")));
});

test("a repository without a commit, a folder within a repository, and another work tree of it", async (t) => {
  const empty = await undoProject(t, { commits: false });
  const before = empty.files();
  await empty.turn(({ write }) => write("a.txt", "after\n"));
  await empty.press();
  assert.deepEqual(empty.files(), before);

  const { folder, git, write } = await undoProject(t);
  git("worktree", "add", "-q", join(folder, ".git", "other"));
  for (const place of ["src", ".git/other"]) {
    const home = join(folder, place);
    const start = filesIn(home);
    const undo = undoIn(home);
    await turnOf(undo, () => writeFileSync(join(home, "new.txt"), "new"));
    write("outside.txt", place);
    const { files, turn } = await undo.lastChanges(CONVERSATION);
    assert.deepEqual(
      files.map(({ name }) => name),
      ["new.txt"],
    );
    await undo.revert(CONVERSATION, turn.id, () => true);
    assert.deepEqual(filesIn(home), start, place);
    rmSync(join(home, ".nanogent"), { recursive: true });
  }
});

test("it outlives the bridge, and says what it cannot know", async (t) => {
  const { turn, press, again, undo, files, folder } = await undoProject(t);
  const before = files();
  await turn(({ write }) => write("a.txt", "after\n"));
  await press(again());
  assert.deepEqual(files(), before);
  const state = join(folder, ".nanogent", "undo");
  assert.equal(lstatSync(join(state, "turns.json")).mode & 0o777, 0o600);
  assert.equal(lstatSync(state).mode & 0o777, 0o700);
  for (const [name, content] of Object.entries(filesIn(state)))
    assert.match(content, /^$|^[46]00 /, `${name} is open to others`);
  await undo.before(jobOf("9-cut", 9, []), true);
  await assert.rejects(again().lastChanges(CONVERSATION), /bridge went down during the last turn/);
});

/** Why there is nothing to undo. */
const FAULTS: readonly [string, RegExp, (folder: string) => Promise<Undo>][] = [
  ["no turn yet", /No turn of an agent is known/, async (folder) => undoIn(folder)],
  [
    "no repository",
    /not in a work tree of git, so there is no \/undo/,
    async (folder) => {
      rmSync(join(folder, ".git"), { recursive: true });
      return turnOf(undoIn(folder));
    },
  ],
  [
    "a bare repository",
    /not in a work tree of git/,
    async (folder) => {
      const bare = join(folder, "bare.git");
      execFileSync("git", ["init", "-q", "--bare", bare]);
      return turnOf(undoIn(bare));
    },
  ],
  ["no git", /git is not installed/, async (folder) => turnOf(undoIn(folder, { PATH: "/nonexistent" }))],
  [
    "more than is looked at",
    /More than 300 MB/,
    async (folder) => {
      execFileSync("truncate", ["-s", "301M", join(folder, "large")]);
      return turnOf(undoIn(folder));
    },
  ],
  [
    "two jobs at once",
    /Something else was working in this folder/,
    async (folder) => {
      const undo = undoIn(folder);
      const [one, two] = [jobOf("1-a", 1, []), jobOf("2-b", 2, [])];
      await undo.before(one, true);
      await undo.before(two, false);
      await undo.after(two);
      await undo.after(one);
      return undo;
    },
  ],
];

for (const [title, words, make] of FAULTS) {
  test(`nothing to undo: ${title}`, async (t) => {
    const { folder } = await undoProject(t);
    const undo = await make(folder);
    await assert.rejects(undo.lastChanges(CONVERSATION), words);
  });
}

test("a state that came with a repository is not trusted", async (t) => {
  const { turn, press, folder, write, files } = await undoProject(t);
  write(".nanogent/undo/turns.json", "[]", 0o644);
  write(".nanogent/undo/config", `[core]\n\tfsmonitor = touch ${join(folder, ".git", "pwned")}\n`);
  write(".nanogent/undo/commondir", "..\n");
  const before = files();
  await turn((hand) => hand.write("a.txt", "after\n"));
  assert.ok(!existsSync(join(folder, ".nanogent", "undo", "commondir")));
  await press();
  assert.deepEqual(files(), before);
});

test("an old button, and one while something runs, do nothing", async (t) => {
  const { turn, undo, folder } = await undoProject(t);
  await turn(({ write }) => write("a.txt", "first\n"));
  const { turn: first } = await undo.lastChanges(CONVERSATION);
  await turn(({ write }) => write("a.txt", "second\n"));
  const { turn: second } = await undo.lastChanges(CONVERSATION);
  await assert.rejects(
    undo.revert(CONVERSATION, first.id, () => true),
    /not the last turn any more/,
  );
  await assert.rejects(
    undo.revert(CONVERSATION, second.id, () => false),
    /Something is running/,
  );
  await assert.rejects(
    undo.revert("8", second.id, () => true),
    /No turn of an agent/,
  );
  assert.equal(readFileSync(join(folder, "a.txt"), "utf8"), "second\n");
});

function undoIn(folder: string, env: NodeJS.ProcessEnv = process.env): Undo {
  const fileRules = () => ({ folder, deny: [], secrets: [] });
  return new Undo({ paths: projectPaths(folder), env, fileRules, log: silentLog, hasOthers: () => false });
}

async function turnOf(undo: Undo, act: () => void = () => {}): Promise<Undo> {
  const job = jobOf("1-job", 1, []);
  await undo.before(job, true);
  act();
  await undo.after(job);
  return undo;
}
