import assert from "node:assert/strict";
import { join } from "node:path";
import test from "node:test";
import { type ProcessOptions, startProcess } from "../../../src/agents/process/process.ts";
import { inFolder, isGone, pidIn } from "../turns.ts";

let count = 0;

function start(cwd: string, script: string, options: Partial<ProcessOptions> = {}) {
  const chunks: Buffer[] = [];
  count += 1;
  const child = startProcess({
    command: "/bin/sh",
    args: ["-c", script],
    cwd,
    env: { PATH: process.env.PATH },
    secrets: [],
    jobId: `process-${process.pid}-${count}`,
    onStdout: (chunk) => chunks.push(chunk),
    ...options,
  });
  return { ...child, stdout: () => Buffer.concat(chunks).toString("utf8") };
}

test("output, code, signal", () =>
  inFolder(async (dir) => {
    const cases: [
      script: string,
      code: number | null,
      signal: string | null,
      stdout: string,
      stderr: string,
    ][] = [
      ["echo out; echo err >&2", 0, null, "out\n", "err"],
      ["exit 3", 3, null, "", ""],
      ["kill -9 $$", null, "SIGKILL", "", ""],
      ["pwd", 0, null, `${dir}\n`, ""],
      ["head -c 20000 /dev/zero | tr '\\0' x >&2; echo end >&2", 0, null, "", `${"x".repeat(4092)}end`],
    ];
    for (const [script, code, signal, stdout, stderr] of cases) {
      const child = start(dir, script);
      assert.deepEqual(await child.closed, { code, signal }, script);
      assert.equal(child.stdout(), stdout);
      assert.equal(child.stderr(), stderr);
      assert.ok(child.pid);
    }
  }));

test("it leads a group and a session of its own, so that no Ctrl-C at the bridge's terminal reaches it", () =>
  inFolder(async (dir) => {
    const child = start(dir, "ps -o pgid=,sess= -p $$");
    await child.closed;
    assert.deepEqual(child.stdout().trim().split(/\s+/), [String(child.pid), String(child.pid)]);
  }));

test("the environment holds the mark and none of the bridge's secrets", () =>
  inFolder(async (dir) => {
    const env = { PATH: process.env.PATH, TELEGRAM_BOT_TOKEN: "1:x", KEY: "secret", KEPT: "yes" };
    const child = start(dir, "env | sort", { env, secrets: ["secret"], jobId: "job-7" });
    await child.closed;
    assert.match(child.stdout(), /^KEPT=yes$/m);
    assert.match(child.stdout(), /^NANOGENT_JOB=job-7$/m);
    assert.doesNotMatch(child.stdout(), /TELEGRAM|secret/);
  }));

test("failure 11: a program that cannot be started is reported, nothing is thrown", () =>
  inFolder(async (dir) => {
    const long = "x".repeat(4 << 20);
    const cases: [options: Partial<ProcessOptions>, code: string][] = [
      [{ command: "nanogent-no-such-program" }, "ENOENT"],
      [{ command: join(dir, "missing") }, "ENOENT"],
      [{ command: dir }, "EACCES"],
      [{ command: "/bin/sh", cwd: join(dir, "missing") }, "ENOENT"],
      [{ command: "/bin/sh/below" }, "ENOTDIR"],
      [{ args: ["-c", "true", long] }, "E2BIG"],
      [{ args: ["a\0b"] }, "ERR_INVALID_ARG_VALUE"],
    ];
    for (const [options, code] of cases) {
      const child = start(dir, "true", options);
      child.write("x");
      child.closeStdin();
      assert.equal((await child.exited).error?.code, code);
      assert.equal((await child.closed).error?.code, code);
      assert.equal(child.pid, undefined);
      await child.end();
    }
  }));

test("failure 14: a program that does not read its stdin is no error", () =>
  inFolder(async (dir) => {
    for (const script of ["exit 0", "exec <&-; echo closed; sleep 0.2"]) {
      const child = start(dir, script);
      for (let round = 0; round < 20; round += 1) child.write("x".repeat(100_000));
      child.closeStdin();
      assert.equal((await child.closed).code, 0);
      child.write("too late");
    }
  }));

test("failure 12: a grandchild that keeps stdout open holds up the end until the deadline only", () =>
  inFolder(async (dir) => {
    const child = start(dir, "sleep 600 & echo $! > pid; echo said", { drainMs: 100 });
    assert.equal((await child.closed).code, 0);
    assert.equal(child.stdout(), "said\n");
    const grandchild = await pidIn(join(dir, "pid"));
    assert.ok(!isGone(grandchild));
    await child.end();
    assert.ok(isGone(grandchild));
  }));

test("what is written until the end is read, also when nobody has read it yet", () =>
  inFolder(async (dir) => {
    let length = 0;
    const child = start(dir, "head -c 3000000 /dev/zero", { onStdout: (chunk) => (length += chunk.length) });
    await child.closed;
    assert.equal(length, 3_000_000);
  }));

test("a slow reader slows the child down instead of growing memory", () =>
  inFolder(async (dir) => {
    const before = process.memoryUsage();
    let most = 0;
    let length = 0;
    let grown = 0;
    const child = start(dir, "exec head -c 200000000 /dev/zero", {
      onStdout: (chunk) => {
        length += chunk.length;
        most = Math.max(most, chunk.length);
        const until = performance.now() + 0.2;
        while (performance.now() < until) {}
        const { external, arrayBuffers } = process.memoryUsage();
        grown = Math.max(grown, external + arrayBuffers - before.external - before.arrayBuffers);
      },
    });
    await child.closed;
    assert.equal(length, 200_000_000);
    assert.ok(most <= 1 << 20, `a chunk of ${most} bytes`);
    assert.ok(grown < 100 << 20, `grown by ${grown} bytes`);
  }));
