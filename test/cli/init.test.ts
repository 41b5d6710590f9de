import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import test from "node:test";
import { envExample } from "../../src/cli/env-example.ts";
import { BUNDLE, run } from "../e2e/project.ts";
import { temporaryFolder } from "../fakes/folder.ts";

async function init(folder: string, ...flags: string[]): Promise<{ code: number | null; output: string }> {
  const command = run(["init", ...flags], folder);
  command.child.stdin?.end();
  const { code } = await command.exited;
  return { code, output: command.output() };
}

const modeOf = (path: string): number => statSync(path).mode & 0o777;

/** Everything in a folder with its content, for comparing. */
const contents = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder)
      .toSorted()
      .map((name) => [name, readFileSync(join(folder, name), "utf8")]),
  );

test("failure 22: in an empty folder it leaves the program, its settings for their owner's eyes, and .gitignore", async (t) => {
  const folder = await temporaryFolder(t);
  const { code, output } = await init(folder);
  assert.equal(code, 0, output);
  assert.deepEqual(contents(folder), {
    ".env": envExample(),
    ".env.example": envExample(),
    ".gitignore": ".env\n.nanogent/\n",
    "nanogent.mjs": readFileSync(BUNDLE, "utf8"),
  });
  assert.equal(modeOf(join(folder, ".env")), 0o600);
  assert.equal(modeOf(join(folder, "nanogent.mjs")), 0o755);
  assert.match(output, /Put the token from @BotFather into \.env, then start it: {2}node nanogent\.mjs\n$/);
});

test("a second time nothing changes but the mode of .env", async (t) => {
  const folder = await temporaryFolder(t);
  await init(folder);
  const own = {
    ".env": 'export TELEGRAM_BOT_TOKEN="1:x"\n',
    ".env.example": "# of the project itself\n",
    ".gitignore": "/node_modules\r\n/.env\r\n.nanogent",
    "nanogent.mjs": "// an older one\n",
  };
  for (const [name, text] of Object.entries(own)) writeFileSync(join(folder, name), text);
  chmodSync(join(folder, ".env"), 0o644);
  const { code, output } = await init(folder);
  assert.equal(code, 0);
  assert.deepEqual(contents(folder), own);
  assert.equal(modeOf(join(folder, ".env")), 0o600, "failure 22");
  for (const name of ["nanogent.mjs", ".env.example", ".env"]) {
    assert.match(output, new RegExp(`^kept +${name.replaceAll(".", "\\.")} \\(--force`, "m"));
  }
  assert.match(output, /\nStart it: {2}node nanogent\.mjs\n$/);
});

test("--force replaces the program and the example; values in .env stay", async (t) => {
  const folder = await temporaryFolder(t);
  for (const name of ["nanogent.mjs", ".env.example"]) writeFileSync(join(folder, name), "old\n");
  writeFileSync(join(folder, ".env"), "OTHER=1\n", { mode: 0o644 });
  const { code } = await init(folder, "--force");
  assert.equal(code, 0);
  assert.deepEqual(contents(folder), {
    ".env": "OTHER=1\n",
    ".env.example": envExample(),
    ".gitignore": ".env\n.nanogent/\n",
    "nanogent.mjs": readFileSync(BUNDLE, "utf8"),
  });
  assert.equal(modeOf(join(folder, ".env")), 0o600);
});

test("links in the place of its files are replaced, and what they lead to stays", async (t) => {
  const folder = await temporaryFolder(t);
  const elsewhere = await temporaryFolder(t);
  for (const name of ["nanogent.mjs", ".env.example"]) {
    writeFileSync(join(elsewhere, name), "mine");
    symlinkSync(join(elsewhere, name), join(folder, name));
  }
  assert.equal((await init(folder, "--force")).code, 0);
  assert.deepEqual(contents(elsewhere), { ".env.example": "mine", "nanogent.mjs": "mine" });
  assert.equal(readFileSync(join(folder, "nanogent.mjs"), "utf8"), readFileSync(BUNDLE, "utf8"));
});

test("what .gitignore says already is not said twice, and its last line stays one", async (t) => {
  const cases: [before: string, after: string][] = [
    ["", ".env\n.nanogent/\n"],
    ["dist", "dist\n.env\n.nanogent/\n"],
    ["dist\n.env\n", "dist\n.env\n.nanogent/\n"],
    [".env.local\n", ".env.local\n.env\n.nanogent/\n"],
    ["# .env\n", "# .env\n.env\n.nanogent/\n"],
    [" /.env \n.nanogent\n", " /.env \n.nanogent\n"],
  ];
  for (const [before, after] of cases) {
    const folder = await temporaryFolder(t);
    writeFileSync(join(folder, ".gitignore"), before);
    await init(folder);
    assert.equal(readFileSync(join(folder, ".gitignore"), "utf8"), after, JSON.stringify(before));
  }
});

test("run from the folder's own copy it leaves that alone, also with --force and through a link", async (t) => {
  const folder = await temporaryFolder(t);
  await init(folder);
  const program = join(folder, "nanogent.mjs");
  const link = join(await temporaryFolder(t), "nanogent");
  symlinkSync(program, link);
  for (const started of [program, link]) {
    const words = [started, "init", "--force"];
    const { status, stdout } = spawnSync(process.execPath, words, {
      cwd: folder,
      encoding: "utf8",
      input: "",
    });
    assert.equal(status, 0);
    assert.doesNotMatch(stdout, /(wrote|kept) +nanogent/);
    assert.equal(readFileSync(program, "utf8"), readFileSync(BUNDLE, "utf8"));
  }
});

test("folders in the place of its files are named, and nothing is written", async (t) => {
  for (const name of ["nanogent.mjs", ".env", ".env.example", ".gitignore"]) {
    for (const flags of [[], ["--force"]]) {
      const folder = await temporaryFolder(t);
      mkdirSync(join(folder, name));
      const { code, output } = await init(folder, ...flags);
      assert.equal(code, 1, output);
      assert.equal(output, `init stopped: ${name} is not a file. Move it away, then run init again.\n`);
      assert.deepEqual(readdirSync(folder), [name]);
    }
  }
});

test("where it may not write it says so with 1, and what to do", async (t) => {
  const folder = await temporaryFolder(t);
  chmodSync(folder, 0o555);
  // To the superuser nothing is closed, so somebody else runs it, with a copy that he may read.
  const root = process.getuid?.() === 0;
  const copy = join(await temporaryFolder(t), "nanogent.mjs");
  copyFileSync(BUNDLE, copy);
  chmodSync(dirname(copy), 0o755);
  const { status, stderr } = spawnSync(process.execPath, [copy, "init"], {
    cwd: folder,
    encoding: "utf8",
    input: "",
    ...(root ? { uid: 65_534, gid: 65_534 } : {}),
  });
  assert.equal(status, 1, stderr);
  assert.equal(
    stderr,
    `init stopped: nanogent may not write to ${folder}. Run it as the owner of the folder, or change its permissions.\n`,
  );
});
