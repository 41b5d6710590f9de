import assert from "node:assert/strict";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import test from "node:test";
import {
  cleanShared,
  LONG_BYTES,
  shareText,
  typedOrShared,
} from "../../../src/terminal/input/shared-files.ts";
import { temporaryFolder } from "../../fakes/folder.ts";

const DAY_MS = 86_400_000;

test("a long text becomes a file for its owner alone, and a line that says where it is", async (t) => {
  const folder = join(await temporaryFolder(t), ".nanogent", "shared");
  const cases: readonly [text: string, always: boolean, isShared: boolean][] = [
    ["a".repeat(LONG_BYTES), false, false],
    ["a".repeat(LONG_BYTES + 1), false, true],
    ["é".repeat(LONG_BYTES / 2 + 1), false, true],
    ["short", false, false],
    ["short", true, true],
    ["日本 \x1b[201~\n$(touch hacked)\n", true, true],
  ];
  for (const [text, always, isShared] of cases) {
    const typed = typedOrShared(folder, text, { always });
    assert.equal(typed !== text, isShared);
    const [path] = /\/\S+[0-9a-f]{64}\.md/.exec(typed) ?? [];
    if (!isShared) continue;
    assert.equal(readFileSync(String(path), "utf8"), text);
    assert.equal(statSync(String(path)).mode & 0o777, 0o600);
    assert.match(typed, /^Read [^\n]+$/);
  }
  assert.equal(statSync(folder).mode & 0o777, 0o700);
});

test("the same text is one file, and what lies in its place is not written through", async (t) => {
  const folder = join(await temporaryFolder(t), "shared");
  const { path } = shareText(folder, "text");
  assert.equal(shareText(folder, "text").path, path);
  const { path: other } = shareText(folder, "other");
  assert.deepEqual(readdirSync(folder).length, 2);
  const aim = join(folder, "aim");
  writeFileSync(aim, "untouched");
  cleanShared(folder, { days: -1, now: Date.now() });
  symlinkSync(aim, other);
  shareText(folder, "other");
  assert.equal(readFileSync(aim, "utf8"), "untouched");
  assert.equal(readFileSync(other, "utf8"), "other");
});

test("those that were not shared for days are removed, and nothing else", async (t) => {
  const folder = join(await temporaryFolder(t), "shared");
  const now = Date.now();
  const days = { days: 7, now };
  assert.equal(cleanShared(folder, days), 0);
  const [old, renewed, fresh] = ["old", "renewed", "fresh"].map((text) => shareText(folder, text).path);
  const before = new Date(now - 8 * DAY_MS);
  const others = ["notes.md", `${"a".repeat(64)}.txt`].map((name) => join(folder, name));
  for (const path of others) writeFileSync(path, "mine");
  mkdirSync(join(folder, `${"b".repeat(64)}.md`));
  for (const path of [String(old), String(renewed), ...others, join(folder, `${"b".repeat(64)}.md`)])
    utimesSync(path, before, before);
  shareText(folder, "renewed");
  assert.equal(cleanShared(folder, days), 1);
  const left = readdirSync(folder).map((name) => join(folder, name));
  assert.deepEqual(
    [old, renewed, fresh].map((path) => left.includes(String(path))),
    [false, true, true],
  );
  assert.equal(left.length, 5);
});
