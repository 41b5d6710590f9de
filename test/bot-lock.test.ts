import assert from "node:assert/strict";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { lockBot } from "../src/bot-lock.ts";
import { LockedError } from "../src/lock.ts";
import { startTimeOf } from "../src/process-identity.ts";
import { temporaryFolder } from "./fakes/folder.ts";

const bot = (folder: string, token = "123:AAAA", root = "https://api.telegram.org") => ({
  folder,
  token,
  apiRoot: new URL(root),
});

test("a bot is answered from one folder; another is told which, and that it needs a bot of its own", async (t) => {
  const env = { XDG_RUNTIME_DIR: await temporaryFolder(t) };
  const lock = lockBot(bot("/home/ada/one"), env);
  // The same bot with a token that was renewed.
  assert.throws(
    () => lockBot(bot("/home/ada/two", "123:BBBB"), env),
    (error) =>
      error instanceof LockedError &&
      error.message.includes(`in /home/ada/one (pid ${process.pid})`) &&
      error.message.includes("/newbot"),
  );
  const others = [bot("/x", "124:AAAA"), bot("/x", "123:AAAA", "http://127.0.0.1:8081")];
  for (const other of others) lockBot(other, env)?.release();
  lock?.release();
  lockBot(bot("/home/ada/two"), env)?.release();
  const folder = join(env.XDG_RUNTIME_DIR, "nanogent");
  assert.deepEqual(readdirSync(folder), [], "nothing is left");
  assert.equal(statSync(folder).mode & 0o777, 0o700);
});

test("a lock that was removed is taken again, with its folder, unless somebody else has it by now", async (t) => {
  const env = { XDG_RUNTIME_DIR: await temporaryFolder(t) };
  const folder = join(env.XDG_RUNTIME_DIR, "nanogent");
  const path = join(folder, "bot-123@api.telegram.org.lock");
  const lock = lockBot(bot("/home/ada/one"), env);
  const text = readFileSync(path, "utf8");
  rmSync(env.XDG_RUNTIME_DIR, { recursive: true });
  lock?.renew();
  assert.equal(readFileSync(path, "utf8"), text);
  const startTime = startTimeOf(process.pid);
  const other = { pid: process.pid, startTime, since: 0, version: "1", folder: "/home/ada/two" };
  writeFileSync(path, JSON.stringify(other));
  assert.throws(() => lock?.renew(), LockedError);
  rmSync(folder, { recursive: true });
  symlinkSync(await temporaryFolder(t), folder);
  lock?.renew();
  assert.deepEqual(readdirSync(folder), [], "nothing is put where a link leads");
});

test("the token itself is in no name and in no file", async (t) => {
  const env = { XDG_RUNTIME_DIR: await temporaryFolder(t) };
  const lock = lockBot(bot("/x", "123:AASECRET"), env);
  assert.deepEqual(readdirSync(join(env.XDG_RUNTIME_DIR, "nanogent")), ["bot-123@api.telegram.org.lock"]);
  lock?.release();
});

test("where no folder can be had there is no such lock, and what lies there is left alone", async (t) => {
  const place = await temporaryFolder(t);
  const elsewhere = join(place, "elsewhere");
  mkdirSync(elsewhere);
  chmodSync(elsewhere, 0o755);
  symlinkSync(elsewhere, join(place, "nanogent"));
  assert.equal(lockBot(bot("/x"), { XDG_RUNTIME_DIR: place }), undefined);
  assert.equal(statSync(elsewhere).mode & 0o777, 0o755);
  assert.deepEqual(readdirSync(elsewhere), []);
});
