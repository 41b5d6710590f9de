import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { createLogFile } from "../src/log-file.ts";
import { temporaryFolder } from "./fakes/folder.ts";

test("lines are added, in a file of its owner's alone, over several lives", async (t) => {
  const path = join(await temporaryFolder(t), "a.log");
  for (const line of ["one", "two 한글"]) {
    const file = createLogFile(path);
    file.write(line);
    file.close();
  }
  assert.equal(readFileSync(path, "utf8"), "one\ntwo 한글\n");
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test("a full file is put aside, and of those only four are kept", async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, "a.log");
  const file = createLogFile(path, 100);
  for (let n = 0; n < 100; n++) file.write(`line ${n} of ten bytes or so`);
  file.close();
  const names = ["a.log", "a.log.1", "a.log.2", "a.log.3", "a.log.4"];
  assert.deepEqual(readdirSync(folder).toSorted(), names);
  const lines = names
    .toReversed()
    .flatMap((name) => readFileSync(join(folder, name), "utf8").trimEnd().split("\n"));
  const numbers = lines.map((line) => Number(line.split(" ")[1]));
  assert.deepEqual(
    numbers,
    Array.from(numbers, (_, index) => 100 - numbers.length + index),
    "in order, without a gap",
  );
  assert.ok(numbers.length >= 16);
  for (const name of names) assert.ok(statSync(join(folder, name)).size < 150, name);
});

test("what an earlier life has written counts", async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, "a.log");
  for (let life = 0; life < 12; life++) {
    const file = createLogFile(path, 100);
    file.write("ten bytes and more");
    file.close();
  }
  assert.deepEqual(readdirSync(folder).toSorted(), ["a.log", "a.log.1"]);
});

test("a file that was removed, with its folder or without, or moved away is made anew", async (t) => {
  const folder = join(await temporaryFolder(t), "logs");
  const path = join(folder, "a.log");
  mkdirSync(folder);
  const file = createLogFile(path);
  const losses = [
    () => rmSync(path),
    () => renameSync(path, `${path}.away`),
    () => rmSync(folder, { recursive: true }),
  ];
  for (const [index, lose] of losses.entries()) {
    file.write("before");
    lose();
    file.write("while its folder may be missing");
    mkdirSync(folder, { recursive: true });
    file.write(`after ${index}`);
    assert.match(readFileSync(path, "utf8"), new RegExp(`after ${index}\n$`));
  }
  file.close();
});

test("what cannot be written ends nothing, and a link is not followed", async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, "a.log");
  mkdirSync(path);
  createLogFile(path).write("lost");
  symlinkSync(join(folder, "elsewhere"), join(folder, "b.log"));
  createLogFile(join(folder, "b.log")).write("lost");
  createLogFile(join(folder, "nowhere", "c.log")).write("lost");
  execFileSync("mkfifo", [join(folder, "d.log")]);
  createLogFile(join(folder, "d.log")).write("not waited for");
  assert.ok(!existsSync(join(folder, "elsewhere")));
});
