import assert from "node:assert/strict";
import { join } from "node:path";
import test from "node:test";
import { codexAgent } from "../../../src/agents/codex/codex.ts";
import type { Step } from "../../fakes/claude-cli.ts";
import { completed, delta, opened, refusal, TURN } from "../../fakes/codex-cli.ts";
import { failureOf, inFolder, isGone, keepLog, pidIn, watch } from "../turns.ts";
import { fakeAgent, play } from "./stand-in.ts";

test("only the first end counts, also one without a line end", () =>
  inFolder(async (dir) => {
    const end = (status: string) => JSON.stringify(Object.values(completed(status))[0]);
    const { last } = await play(dir, [...opened(), completed(), delta("more"), completed("failed")]);
    assert.equal(last.kind, "done");
    assert.equal((await play(dir, [...opened(), { raw: end("completed") }, { exit: 0 }])).last.kind, "done");
    assert.equal((await play(dir, [...opened(), completed("interrupted")])).last.kind, "cancelled");
  }));

test("a program that ends, refuses or is not there", () =>
  inFolder(async (dir) => {
    const cases: [code: string, steps: readonly Step[]][] = [
      ["crashed", [{ exit: 1 }]],
      ["crashed", [...opened(), { stderr: "\u001b[31mpanic\u001b[0m" }, { kill: "SIGKILL" }]],
      ["crashed", [...opened(), { closeStdin: true }, delta("x"), { exit: 0 }]],
      ["config", [{ stderr: "error: unrecognized subcommand 'app-server'\n" }, { exit: 2 }]],
      ["error", [{ expect: { method: "initialize" } }, refusal(1, "Not today")]],
      ["auth", [...opened().slice(0, 7), refusal(4, "You are not logged in")]],
    ];
    for (const [code, steps] of cases) {
      const { last } = await play(dir, steps);
      assert.ok(last.kind === "failed" && last.failure.code === code, JSON.stringify(last));
      assert.ok(!JSON.stringify(last).includes("\\u001b"));
    }
    const missing = codexAgent({ binary: join(dir, "no"), env: {}, secrets: [], log: keepLog() });
    const told = await failureOf(watch(missing, { cwd: dir }));
    assert.equal(told.code, "missing");
    assert.match(told.hint ?? "", /npm install -g @openai\/codex.*NANOGENT_CODEX/);
    assert.equal((await failureOf(watch(missing, { cwd: join(dir, "no") }))).code, "config");
    assert.deepEqual(await missing.models(dir), []);
  }));

test("everything is ended, whatever it does about it", () =>
  inFolder(async (dir) => {
    const far = { grandchild: "session", pidFile: join(dir, "far") } as const;
    const near = { grandchild: "group", pidFile: join(dir, "near") } as const;
    const agent = await fakeAgent(dir, [{ ignoreTerm: true }, far, near, ...opened(), { stay: true }]);
    const watched = watch(agent, { cwd: dir });
    await watched.until("session");
    const pids = [watched.pid(), await pidIn(far.pidFile), await pidIn(near.pidFile)];
    await Promise.all([watched.turn.cancel(), watched.turn.cancel()]);
    assert.deepEqual(pids.map(isGone), [true, true, true]);
    assert.equal((await watched.end()).kind, "cancelled");
  }));

test("a completion that comes after giving up is cancelled all the same", () =>
  inFolder(async (dir) => {
    const steps = [
      ...opened(),
      { expect: { method: "turn/interrupt", params: { turnId: TURN } } },
      completed(),
    ];
    const watched = watch(await fakeAgent(dir, steps), { cwd: dir });
    await watched.until("session");
    await watched.turn.cancel();
    assert.equal((await watched.end()).kind, "cancelled");
  }));
