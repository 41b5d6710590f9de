import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import test, { type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { LockedError } from "../src/lock.ts";
import { startTimeOf } from "../src/process-identity.ts";
import {
  lockHolder,
  lockProject,
  type ProjectPaths,
  prepareState,
  projectPaths,
  UnsafeStateError,
} from "../src/project.ts";
import { VERSION } from "../src/version.ts";
import { temporaryFolder } from "./fakes/folder.ts";

async function newProject(t: TestContext): Promise<ProjectPaths> {
  const paths = projectPaths(await temporaryFolder(t));
  prepareState(paths);
  return paths;
}

/** The pid of a process that has just ended. */
const deadPid = (): number => spawnSync(process.execPath, ["-e", "console.log(process.pid)"]).pid;
const lockOf = (pid: number, startTime?: string): string =>
  JSON.stringify({ pid, ...(startTime ? { startTime } : {}), since: 1, version: "1.0.0" });

test("the folder for the state is its owner's alone, whatever the umask is and whatever it was", async (t) => {
  const folder = await temporaryFolder(t);
  mkdirSync(join(folder, ".nanogent"));
  chmodSync(join(folder, ".nanogent"), 0o755);
  for (const part of ["", "chat"]) {
    const paths = projectPaths(folder, part);
    const umask = process.umask(0);
    prepareState(paths);
    process.umask(umask);
    for (const path of [join(folder, ".nanogent"), paths.state, paths.spool]) {
      assert.equal(statSync(path).mode & 0o777, 0o700, path);
    }
  }
  assert.equal(projectPaths(folder, "chat").journal, join(folder, ".nanogent", "chat", "journal.jsonl"));
  assert.equal(projectPaths(folder).env, join(folder, ".env"));
});

test("what lies in the place of the state and is not nanogent's own is refused, and nothing is touched", async (t) => {
  const places = [
    ".nanogent",
    ".nanogent/spool",
    ".nanogent/chat",
    ".nanogent/journal.jsonl",
    ".nanogent/lock.json",
    ".nanogent/secrets.json",
  ];
  const kinds: [fault: RegExp, lay: (path: string, elsewhere: string) => void][] = [
    [/is a symbolic link/, (path, elsewhere) => symlinkSync(elsewhere, path)],
    [/is a symbolic link/, (path, elsewhere) => symlinkSync(join(elsewhere, "none"), path)],
    [/is not a plain/, (path) => (/\.json/.test(path) ? mkdirSync(path) : writeFileSync(path, "{}"))],
  ];
  if (process.getuid?.() === 0) {
    const lay = (path: string): void => {
      mkdirSync(path);
      chownSync(path, 12345, 12345);
    };
    kinds.push([/belongs to another user|is not a plain file/, lay]);
  }
  for (const place of places) {
    for (const [fault, lay] of kinds) {
      const folder = await temporaryFolder(t);
      const elsewhere = await temporaryFolder(t);
      chmodSync(elsewhere, 0o755);
      if (place !== ".nanogent") mkdirSync(join(folder, ".nanogent"), { mode: 0o755 });
      const path = join(folder, place);
      lay(path, elsewhere);
      assert.throws(
        () => prepareState(projectPaths(folder, place.endsWith("chat") ? "chat" : "")),
        (error) =>
          error instanceof UnsafeStateError &&
          error.message.startsWith(path) &&
          fault.test(error.message) &&
          error.message.includes("move it away"),
        `${place} ${fault}`,
      );
      assert.equal(statSync(elsewhere).mode & 0o777, 0o755, place);
      assert.deepEqual(readdirSync(elsewhere), [], place);
      if (place !== ".nanogent") {
        assert.deepEqual(readdirSync(join(folder, ".nanogent")), [place.slice(".nanogent/".length)]);
      }
    }
  }
});

test("files that a repository has brought along are refused: they would be run, or change how", async (t) => {
  for (const name of ["journal.jsonl", "secrets.json", "ssh-hosts.json", "ssh-keys.json", "known_hosts"]) {
    const folder = await temporaryFolder(t);
    mkdirSync(join(folder, ".nanogent"));
    const path = join(folder, ".nanogent", name);
    writeFileSync(path, "");
    chmodSync(path, 0o644);
    assert.throws(() => prepareState(projectPaths(folder)), /is open to other users/, name);
    chmodSync(path, 0o600);
    prepareState(projectPaths(folder));
  }
});

test("a project is taken once; who has it is told with its pid and folder", async (t) => {
  const paths = await newProject(t);
  assert.equal(lockHolder(paths), undefined);
  const { release } = lockProject(paths);
  assert.equal(statSync(paths.lock).mode & 0o777, 0o600);
  assert.deepEqual([lockHolder(paths)?.pid, lockHolder(paths)?.folder], [process.pid, paths.folder]);
  assert.throws(
    () => lockProject(paths),
    (error) =>
      error instanceof LockedError &&
      error.message.includes(`pid ${process.pid}`) &&
      error.message.includes(paths.folder),
  );
  release();
  assert.equal(lockHolder(paths), undefined);
  lockProject(paths).release();
  assert.deepEqual(readdirSync(paths.state), ["logs", "outbox", "spool"], "nothing is left");
});

test("two projects do not know of each other, nor does the local chat", async (t) => {
  const first = await newProject(t);
  const second = await newProject(t);
  const chat = projectPaths(first.folder, "chat");
  prepareState(chat);
  for (const { release } of [first, second, chat].map((paths) => lockProject(paths))) release();
});

test("a lock is taken over when its process is gone, and only then", async (t) => {
  const mine = startTimeOf(process.pid);
  const cases: [name: string, lock: string, taken: boolean][] = [
    ["a live process", lockOf(process.pid, mine), false],
    ["a live process of an unknown start", lockOf(process.pid), true],
    ["a dead process", lockOf(deadPid(), "123"), true],
    ["a reused pid", lockOf(process.pid, "123"), true],
    ["no JSON", "{ not json", true],
    ["nothing", "", true],
    ["another shape", '["pid"]', true],
    ["null", "null", true],
    ["a pid that is none", '{"pid":"7"}', true],
    ["a pid that cannot be", lockOf(-1), true],
  ];
  for (const [name, lock, taken] of cases) {
    const paths = await newProject(t);
    writeFileSync(paths.lock, lock);
    assert.equal(lockHolder(paths) === undefined, taken, name);
    if (!taken) {
      assert.throws(() => lockProject(paths), LockedError, name);
      assert.equal(readFileSync(paths.lock, "utf8"), lock, name);
      continue;
    }
    const { release } = lockProject(paths);
    assert.equal(lockHolder(paths)?.version, VERSION, name);
    release();
    assert.deepEqual(readdirSync(paths.state), ["logs", "outbox", "spool"], name);
  }
});

test("whatever a killed start has left of taking the lock does not stand in the way", async (t) => {
  const dead = lockOf(deadPid(), "123");
  const remains: [name: string, leave: (lock: string) => void][] = [
    ["its guard", (lock) => writeFileSync(`${lock}.guard`, dead)],
    [
      "the guard of its guard",
      (lock) => {
        writeFileSync(`${lock}.guard`, dead);
        writeFileSync(`${lock}.guard.guard`, dead);
      },
    ],
    [
      "the second name of the lock, for the pid that we have now",
      (lock) => linkSync(lock, `${lock}.${process.pid}`),
    ],
  ];
  for (const [name, leave] of remains) {
    const paths = await newProject(t);
    writeFileSync(paths.lock, dead);
    leave(paths.lock);
    const { release } = lockProject(paths);
    assert.equal(lockHolder(paths)?.pid, process.pid, name);
    release();
    assert.deepEqual(readdirSync(paths.state), ["logs", "outbox", "spool"], name);
  }
});

test("giving back leaves the lock of another alone", async (t) => {
  const paths = await newProject(t);
  const { release } = lockProject(paths);
  const other = lockOf(process.pid, "of another machine");
  writeFileSync(paths.lock, other);
  release();
  assert.equal(readFileSync(paths.lock, "utf8"), other);
});
test("a lock that was removed or spoiled is renewed as it was, but not over another process", async (t) => {
  const spoil: [name: string, act: (paths: ProjectPaths) => void][] = [
    ["untouched", () => {}],
    ["removed", ({ lock }) => rmSync(lock)],
    ["spoiled", ({ lock }) => writeFileSync(lock, "garbage")],
    ["of one that is gone", ({ lock }) => writeFileSync(lock, lockOf(deadPid(), "123"))],
    ["removed with its folder", (paths) => rmSync(paths.state, { recursive: true })],
  ];
  for (const [name, act] of spoil) {
    const paths = await newProject(t);
    const lock = lockProject(paths);
    const before = readFileSync(paths.lock, "utf8");
    act(paths);
    prepareState(paths);
    lock.renew();
    assert.equal(readFileSync(paths.lock, "utf8"), before, name);
    lock.release();
    assert.deepEqual(readdirSync(paths.state), ["logs", "outbox", "spool"], name);
  }
  const paths = await newProject(t);
  const lock = lockProject(paths);
  const other = lockOf(process.ppid, startTimeOf(process.ppid));
  writeFileSync(paths.lock, other);
  assert.throws(() => lock.renew(), LockedError);
  lock.release();
  assert.equal(readFileSync(paths.lock, "utf8"), other);
});

interface Racer {
  readonly child: ChildProcess;
  ask(line: string): Promise<string>;
}

async function startRacer(t: TestContext, folder: string): Promise<Racer> {
  const script = fileURLToPath(new URL("fakes/lock-racer.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", script, folder], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  assert.equal((await lines.next()).value, "ready");
  return {
    child,
    async ask(line) {
      child.stdin.write(`${line}\n`);
      return (await lines.next()).value;
    },
  };
}

test("of eight that start at once exactly one wins, whatever lies in the way", async (t) => {
  const paths = await newProject(t);
  const racers = await Promise.all(Array.from({ length: 8 }, () => startRacer(t, paths.folder)));
  const dead = lockOf(deadPid(), "123");
  const before: readonly (() => void)[] = [
    () => {},
    () => writeFileSync(paths.lock, dead),
    () => writeFileSync(paths.lock, "garbage"),
    () => {
      writeFileSync(paths.lock, dead);
      writeFileSync(`${paths.lock}.guard`, dead);
    },
  ];
  for (let round = 0; round < 40; round += 1) {
    before[round % before.length]?.();
    const start = Date.now() + 5;
    const results = await Promise.all(racers.map((racer) => racer.ask(`take ${start}`)));
    const winner = racers[results.indexOf("won")];
    const expected = racers.map((racer) => (racer === winner ? "won" : /^lost \d+$/));
    for (const [index, result] of results.entries()) {
      const wanted = expected[index] ?? "";
      assert.ok(typeof wanted === "string" ? result === wanted : wanted.test(result), `${round}: ${results}`);
    }
    assert.ok(winner, `${round}: ${results}`);
    assert.equal(lockHolder(paths)?.pid, winner.child.pid);
    await Promise.all(racers.map((racer) => racer.ask("release")));
    assert.deepEqual(readdirSync(paths.state), ["logs", "outbox", "spool"], `${round}`);
  }
});

test("a killed holder is taken over from at once", async (t) => {
  const paths = await newProject(t);
  const holder = await startRacer(t, paths.folder);
  assert.equal(await holder.ask("take 0"), "won");
  assert.throws(
    () => lockProject(paths),
    (error) => error instanceof LockedError && error.holder.pid === holder.child.pid,
  );
  const ended = new Promise((resolve) => holder.child.once("exit", resolve));
  holder.child.kill("SIGKILL");
  await ended;
  lockProject(paths).release();
});
