import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { modes } from "../../src/doctor/modes.ts";
import { prepareState } from "../../src/project.ts";
import { lines, patient } from "./patients.ts";

const GOOD = ["files pass: .nanogent and all in it can be read by you only."];

async function prepared(t: TestContext) {
  const met = await patient(t);
  prepareState(met.paths);
  writeFileSync(join(met.paths.state, "other.jsonl"), "", { mode: 0o600 });
  const mode = (path: string): number => statSync(path).mode & 0o777;
  return { met, state: met.paths.state, other: join(met.paths.state, "other.jsonl"), mode };
}

test("before the first start there is nothing to see", async (t) => {
  assert.deepEqual(lines(await modes(await patient(t))), [
    "files pass: There is no .nanogent yet; the first start makes it.",
  ]);
});

test("what others can read is closed, and what the owner may execute stays so", async (t) => {
  const { met, state, other, mode } = await prepared(t);
  assert.deepEqual(lines(await modes(met)), GOOD);
  const program = join(state, "uploads", "tool.sh");
  mkdirSync(join(state, "uploads"), { mode: 0o700 });
  writeFileSync(program, "", { mode: 0o700 });
  assert.deepEqual(lines(await modes(met)), GOOD);
  chmodSync(state, 0o755);
  chmodSync(other, 0o644);
  chmodSync(program, 0o750);
  const found = [await modes(met)].flat();
  assert.deepEqual(lines(found), [
    "files fail: .nanogent, .nanogent/other.jsonl, .nanogent/uploads/tool.sh can be read by other users of this machine. → Close it: nanogent doctor --fix, or chmod -R u+rwX,go= .nanogent",
  ]);
  assert.equal(await found[0]?.mend?.(), "Made 3 files and folders in .nanogent readable by you only.");
  assert.deepEqual([state, other, program].map(mode), [0o700, 0o600, 0o700]);
  assert.deepEqual(lines(await modes(met)), GOOD);
});

test("what the owner himself cannot use is opened for him", async (t) => {
  const { met, state, other, mode } = await prepared(t);
  chmodSync(other, 0o000);
  chmodSync(join(state, "spool"), 0o600);
  const found = [await modes(met)].flat();
  assert.deepEqual(
    found.map(({ words }) => words),
    [".nanogent/other.jsonl, .nanogent/spool cannot be read by you."],
  );
  assert.match((await found[0]?.mend?.()) ?? "", /^Made 2 files and folders/);
  assert.deepEqual([mode(other), mode(join(state, "spool"))], [0o600, 0o700]);
});

test("only the first names are told", async (t) => {
  const { met, state } = await prepared(t);
  for (const name of ["a", "b", "c", "d", "e"]) writeFileSync(join(state, name), "");
  for (const name of ["a", "b", "c", "d", "e"]) chmodSync(join(state, name), 0o604);
  assert.match(
    lines(await modes(met))[0] ?? "",
    /^files fail: \.nanogent\/a, .*\/b, .*\/c and 2 more can be/,
  );
});

test("links are neither followed nor changed, also when one comes later", async (t) => {
  const { met, state, other, mode } = await prepared(t);
  const outside = join(met.folder, "outside");
  writeFileSync(outside, "");
  chmodSync(outside, 0o644);
  symlinkSync(outside, join(state, "link"));
  assert.deepEqual(lines(await modes(met)), GOOD);
  chmodSync(other, 0o644);
  const found = [await modes(met)].flat();
  execFileSync("ln", ["-sf", outside, other]);
  assert.equal(await found[0]?.mend?.(), "Made 0 files and folders in .nanogent readable by you only.");
  assert.equal(mode(outside), 0o644);
});

test("a state folder that nanogent did not make is a failure and is left alone", async (t) => {
  const cases: [make: (state: string, folder: string) => void, words: RegExp][] = [
    [(state, folder) => symlinkSync(folder, state), /\.nanogent is a symbolic link\. nanogent did not make/],
    [(state) => writeFileSync(state, ""), /\.nanogent is not a plain folder\./],
    [
      (state, folder) => {
        mkdirSync(state);
        symlinkSync(join(folder, ".env"), join(state, "journal.jsonl"));
      },
      /journal\.jsonl is a symbolic link\./,
    ],
  ];
  for (const [make, words] of cases) {
    const met = await patient(t);
    make(met.paths.state, met.folder);
    const [found, ...others] = [await modes(met)].flat();
    assert.equal(found?.state, "fail");
    assert.match(found?.words ?? "", words);
    assert.equal(found?.fix, "Move it away, then start again.");
    assert.equal(found?.mend, undefined);
    assert.deepEqual(others, []);
  }
});

test("what belongs to another user is told with the command that gives it back", async (t) => {
  if (process.getuid?.() !== 0) return t.skip("only the superuser can give a file away");
  const { met, other } = await prepared(t);
  execFileSync("chown", ["65534", other]);
  assert.deepEqual(lines(await modes(met)), [
    "files fail: .nanogent/other.jsonl in the state folder belongs to another user. → Give it back: sudo chown -R 0 .nanogent",
  ]);
});
