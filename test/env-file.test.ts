import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import test from "node:test";
import fc from "fast-check";
import { parseEnv, readEnvFile, withEnvValue, writeFilePrivately } from "../src/env-file.ts";
import { temporaryFolder } from "./fakes/folder.ts";

const read = (text: string) =>
  [...parseEnv(text).entries].map(([key, { value, line }]) => [key, value, line] as const);
const readK = (text: string) => parseEnv(text).entries.get("K")?.value;

test("what stands behind the = is read as its writer meant it", () => {
  const cases: [text: string, value: string | undefined][] = [
    ["K=v", "v"],
    ["K=", ""],
    ["  K = v  ", "v"],
    ["export K=v", "v"],
    ["K=a=b", "a=b"],
    ['K="v"', "v"],
    ["K='v'", "v"],
    ['K=""', ""],
    ['K="a b" # why', "a b"],
    ['K="a # b"', "a # b"],
    ["K='a # b'#c", "a # b"],
    ["K=a # b", "a"],
    ["K=a#b", "a#b"],
    ["K=#b", ""],
    ["K= # b", ""],
    ['K="it\'s"', "it's"],
    ["K='say \"x\"'", 'say "x"'],
    ['K=--title "task #1" # why', '--title "task #1"'],
    ["K=don't # it's a comment", "don't"],
    ['K="--one" "two three"', '"--one" "two three"'],
    ['K="open', '"open'],
    ["K=v\r\n", "v"],
    ["\uFEFFK=v", "v"],
    ["# K=v", undefined],
    ["k=v", undefined],
  ];
  for (const [text, value] of cases) assert.equal(readK(text), value, JSON.stringify(text));
});

test("lines are counted from 1, whatever ends them; of a key that stands twice the last one counts", () => {
  assert.deepEqual(read("\uFEFF# c\r\n\r\nA=1\r\nB=2\r\nA=3\r\n"), [
    ["A", "3", 5],
    ["B", "2", 4],
  ]);
});

test("a value in quotes may go over several lines, as keys of other programs do", () => {
  const text = 'A=1\nPEM="-----BEGIN\nFAKE=inside\nEND-----" # pem\nB=2\nstray\n';
  assert.deepEqual(read(text), [
    ["A", "1", 1],
    ["PEM", "-----BEGIN\nFAKE=inside\nEND-----", 2],
    ["B", "2", 5],
  ]);
  assert.deepEqual(parseEnv(text).malformed, [{ line: 6, text: "stray" }]);
});

test("a quote that was left open does not swallow the lines below", () => {
  assert.deepEqual(read('A="1\nB="2"\nC=3'), [
    ["A", '"1', 1],
    ["B", "2", 2],
    ["C", "3", 3],
  ]);
});

test("lines that are nothing are told with their numbers", () => {
  assert.deepEqual(parseEnv("what\nA=1\n\n 9KEY=x\nA-B=2\n").malformed, [
    { line: 1, text: "what" },
    { line: 4, text: " 9KEY=x" },
    { line: 5, text: "A-B=2" },
  ]);
});

test("a missing file is empty, one that cannot be read is an error", async (t) => {
  const folder = await temporaryFolder(t);
  assert.equal(readEnvFile(join(folder, ".env")).entries.size, 0);
  assert.throws(() => readEnvFile(folder), { code: "EISDIR" });
  execFileSync("mkfifo", [join(folder, "pipe")]);
  assert.throws(() => readEnvFile(join(folder, "pipe")), { code: "a pipe" }, "it is not waited for");
});

test("a value is set in its place, and everything around it stays", () => {
  const cases: [name: string, before: string, after: string][] = [
    ["in place", "# c\nA=1\nK=old\nB=2\n", "# c\nA=1\nK=new\nB=2\n"],
    ["at the end", "A=1\n", "A=1\nK=new\n"],
    ["no line end", "A=1", "A=1\nK=new\n"],
    ["empty", "", "K=new\n"],
    ["no line end, in place", "K=old", "K=new"],
    ["its comment", "K= # who\n", "K= new # who\n"],
    ["its export", "  export K = 'old' # x\n", "  export K = new # x\n"],
    ["the last of two", "K=1\nK=2\nA=3\n", "K=1\nK=new\nA=3\n"],
    ["CRLF in place", "A=1\r\nK=old\r\nB=2\r\n", "A=1\r\nK=new\r\nB=2\r\n"],
    ["CRLF at the end", "A=1\r\n", "A=1\r\nK=new\r\n"],
    ["mixed line ends", "A=1\r\nK=old\nB=2\r\n", "A=1\r\nK=new\nB=2\r\n"],
    ["with a mark in front", "\uFEFFK=old\nA=1\n", "\uFEFFK=new\nA=1\n"],
    ["commented out", "# K=old\n", "# K=old\nK=new\n"],
    ["over several lines", 'A=1\nK="o\nl\nd" # x\nB=2\n', "A=1\nK=new # x\nB=2\n"],
    ["within another value", "P='\nK=old\n'\n", "P='\nK=old\n'\nK=new\n"],
    ["a neighbour's name", "XK=1\nKX=2\n", "XK=1\nKX=2\nK=new\n"],
  ];
  for (const [name, before, after] of cases) assert.equal(withEnvValue(before, "K", "new"), after, name);
});

test("any value that is set is read again, and no other key changes", () => {
  const value = fc
    .string({ unit: fc.constantFrom(..."aé# '=\\$,:-") })
    .chain((text) => fc.constantFrom(text, text.replaceAll("'", '"')));
  const line = fc.constantFrom(
    "A=1",
    "# c",
    "",
    "export B='2 # x' # y",
    "K=old",
    "K='o' # c",
    'C="x\ny"',
    "?",
  );
  const end = fc.constantFrom("\n", "\r\n");
  fc.assert(
    fc.property(fc.array(line), end, value, (lines, lineEnd, wanted) => {
      const before = lines.join(lineEnd);
      const after = parseEnv(withEnvValue(before, "K", wanted));
      const others = (file: typeof after) =>
        [...file.entries].filter(([key]) => key !== "K").map(([key, entry]) => [key, entry.value]);
      assert.equal(after.entries.get("K")?.value, wanted);
      assert.deepEqual(others(after), others(parseEnv(before)));
      assert.deepEqual(
        after.malformed.map(({ text }) => text),
        parseEnv(before).malformed.map(({ text }) => text),
      );
    }),
    { numRuns: 1_000 },
  );
});

test("failure 22: a private file is 0600 whatever the umask is and whatever was there", async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, ".env");
  for (const umask of [0o000, 0o022, 0o777]) {
    writeFileSync(path, "old");
    chmodSync(path, 0o644);
    const before = process.umask(umask);
    try {
      writeFilePrivately(path, "A=1\n");
    } finally {
      process.umask(before);
    }
    assert.equal(statSync(path).mode & 0o777, 0o600, `umask ${umask.toString(8)}`);
    assert.equal(readFileSync(path, "utf8"), "A=1\n");
  }
  assert.deepEqual(readdirSync(folder), [".env"], "nothing is left beside it");
});

test("when the file cannot be replaced the old one stays, and nothing beside it", async (t) => {
  const folder = await temporaryFolder(t);
  // A folder that is not empty cannot be replaced by a file, not even by root.
  const path = join(folder, ".env");
  mkdirSync(join(path, "inside"), { recursive: true });
  assert.throws(() => writeFilePrivately(path, "A=1\n"));
  assert.deepEqual(readdirSync(folder), [".env"]);
  assert.deepEqual(readdirSync(path), ["inside"]);
});

test("the old content is never touched, so a crash in between leaves it whole", async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, ".env");
  writeFileSync(path, "old");
  const { ino } = statSync(path);
  writeFilePrivately(path, "new");
  assert.notEqual(statSync(path).ino, ino, "another file took its name");
});

test("a link stays a link, and what it points at is replaced", async (t) => {
  const folder = await temporaryFolder(t);
  writeFileSync(join(folder, "shared.env"), "A=1\n");
  symlinkSync("shared.env", join(folder, ".env"));
  writeFilePrivately(join(folder, ".env"), "A=2\n");
  assert.ok(lstatSync(join(folder, ".env")).isSymbolicLink());
  assert.equal(readFileSync(join(folder, "shared.env"), "utf8"), "A=2\n");
  assert.equal(statSync(join(folder, "shared.env")).mode & 0o777, 0o600);
});
