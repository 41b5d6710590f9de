import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { after } from "node:test";
import { setImmediate as soon } from "node:timers/promises";
import { procFinder } from "../../../src/agents/process/find-by-proc.ts";
import { psFinder } from "../../../src/agents/process/find-by-ps.ts";
import { endOrphans, endTree, type Tree } from "../../../src/agents/process/tree.ts";
import { startTimeOf } from "../../../src/process-identity.ts";
import { inFolder, isGone, pidIn } from "../turns.ts";

const LINUX_ONLY = process.platform === "linux" ? false : "needs /proc and setsid";
// Says its pid only when it is deaf.
const STAYS =
  "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); fs.writeFileSync('pid', String(process.pid));";
let count = 0;
const roots: Started["root"][] = [];

// A test that fails leaves its processes to this.
after(() => {
  for (const root of roots) if (root.isRunning()) process.kill(-root.pid, "SIGKILL");
});

interface Started extends Tree {
  readonly root: { readonly pid: number; isRunning(): boolean };
  readonly exited: Promise<NodeJS.Signals | null>;
}

/** A turn's first process, as the agents start it. */
function start(dir: string, script: string): Started {
  count += 1;
  const jobId = `tree-${process.pid}-${count}`;
  const env = { PATH: process.env.PATH, NODE: process.execPath, STAYS, NANOGENT_JOB: jobId };
  const child = spawn("/bin/sh", ["-c", script], { cwd: dir, detached: true, stdio: "ignore", env });
  const exited = new Promise<NodeJS.Signals | null>((resolve) => {
    child.once("exit", (_code, signal) => resolve(signal));
  });
  const root = { pid: child.pid ?? 0, isRunning: () => child.exitCode === null && child.signalCode === null };
  roots.push(root);
  return { jobId, root, exited };
}

const TREES: [name: string, script: string, needs: string | false][] = [
  ["one process", "echo $$ > pid; exec sleep 600", false],
  ["a grandchild in the group", "sleep 600 & echo $! > pid; wait", false],
  ["failure 12: a grandchild in a session of its own", "setsid sleep 600 & echo $! > pid; wait", LINUX_ONLY],
  ["an orphan in a session of its own", "(setsid sleep 600 & echo $! > pid) & wait; sleep 600", LINUX_ONLY],
  ["one that outlived its parent", "sleep 600 & echo $! > pid", LINUX_ONLY],
  ["one with an emptied environment", "env -i /bin/sleep 600 & echo $! > pid; wait", LINUX_ONLY],
  ["an emptied environment, outlived its parent", "env -i /bin/sleep 600 & echo $! > pid", LINUX_ONLY],
  ["one that ignores SIGTERM", 'trap "" TERM; echo $$ > pid; sleep 600 & while :; do wait; done', false],
  ["a session of its own that ignores SIGTERM", 'setsid "$NODE" -e "$STAYS" & wait', LINUX_ONLY],
];

for (const [name, script, skip] of TREES) {
  test(`${name} is ended`, { skip }, () =>
    inFolder(async (dir) => {
      const tree = start(dir, script);
      const pid = await pidIn(join(dir, "pid"));
      await endTree(tree, { termMs: 300 });
      assert.ok(isGone(pid), "the process");
      await tree.exited;
    }),
  );
}

test("a zombie is not waited for", { skip: LINUX_ONLY }, () =>
  inFolder(async (dir) => {
    // The shell's child ends after the shell has become a program that never asks for it.
    const tree = start(dir, "while [ ! -e go ]; do sleep 0.01; done & echo $! > pid; exec sleep 600");
    const pid = await pidIn(join(dir, "pid"));
    const program = () => readFileSync(`/proc/${tree.root.pid}/cmdline`, "utf8").split("\0")[0];
    while (program() !== "sleep") await soon();
    writeFileSync(join(dir, "go"), "");
    while (!isGone(pid)) await soon();
    assert.ok(existsSync(`/proc/${pid}`));
    for (const find of [procFinder(tree), psFinder(tree)]) {
      assert.deepEqual(
        (await find()).map((one) => one.pid),
        [tree.root.pid],
      );
    }
    await endTree(tree);
    await tree.exited;
  }),
);

test("SIGTERM comes first, so that a program can clean up", () =>
  inFolder(async (dir) => {
    const tree = start(
      dir,
      'trap "echo 1 > cleaned; exit" TERM; echo $$ > pid; while :; do sleep 0.01; done',
    );
    await pidIn(join(dir, "pid"));
    await endTree(tree);
    assert.equal(await pidIn(join(dir, "cleaned")), 1);
  }));

test("another turn's processes and this one are left alone", () =>
  inFolder(async (dir) => {
    const other = start(dir, "echo $$ > other; exec sleep 600");
    const tree = start(dir, "echo $$ > pid; exec sleep 600");
    const pids = [await pidIn(join(dir, "other")), await pidIn(join(dir, "pid"))];
    await endTree(tree);
    assert.deepEqual(pids.map(isGone), [false, true]);
    await endTree({ jobId: "no-such-job" });
    await endTree({ jobId: tree.jobId, root: { pid: other.root.pid, isRunning: () => false } });
    assert.ok(other.root.isRunning(), "its number was given again");
    await endTree(other);
    assert.equal(await other.exited, "SIGTERM");
  }));

test("after a crash: only what is provably of the job is ended", { skip: LINUX_ONLY }, () =>
  inFolder(async (dir) => {
    const cases: [
      name: string,
      startTime: (real: string) => string | undefined,
      job: string,
      gone: boolean,
    ][] = [
      ["the noted process", (real) => real, "another-job", true],
      ["another process with its number", (real) => `${real}0`, "another-job", false],
      ["an unknown start time", () => undefined, "another-job", false],
      ["another process with its number, but the mark", (real) => `${real}0`, "", true],
    ];
    for (const [index, [name, startTime, job, gone]] of cases.entries()) {
      const tree = start(dir, `echo $$ > pid${index}; sleep 600 & wait`);
      const pid = await pidIn(join(dir, `pid${index}`));
      const noted = startTime(startTimeOf(pid) ?? "");
      await endOrphans({ pid, ...(noted !== undefined && { startTime: noted }) }, job || tree.jobId);
      assert.equal(isGone(pid), gone, name);
      await endTree(tree);
      await tree.exited;
    }
  }),
);

test(
  "without /proc: the group and all descendants, also after their parent has ended",
  { skip: LINUX_ONLY },
  () =>
    inFolder(async (dir) => {
      const tree = start(dir, "setsid sleep 600 & echo $! > far; sleep 600 & echo $! > near; wait");
      const far = await pidIn(join(dir, "far"));
      const near = await pidIn(join(dir, "near"));
      const find = psFinder(tree);
      const found = async () => (await find()).map(({ pid }) => pid).toSorted((a, b) => a - b);
      assert.deepEqual(
        await found(),
        [tree.root.pid, far, near].toSorted((a, b) => a - b),
      );
      process.kill(tree.root.pid, "SIGKILL");
      await tree.exited;
      assert.deepEqual(
        await found(),
        [far, near].toSorted((a, b) => a - b),
      );
      process.kill(near, "SIGKILL");
      process.kill(far, "SIGKILL");
      while ((await found()).length > 0) {}
    }),
);
