import assert from "node:assert/strict";
import { join } from "node:path";
import test from "node:test";
import { canUseTool, failure, init, type Scenario, success, toolUse } from "../../fakes/claude-cli.ts";
import { fakeAgent, inFolder, isGone, pidIn, watch } from "../turns.ts";

const USER = { expect: { type: "user" } };
const INTERRUPT = { expect: { request: { subtype: "interrupt" } } };
const INTERRUPTED = failure("", { subtype: "error_during_execution" });

test("the program is interrupted through the protocol and ends by itself", () =>
  inFolder(async (dir) => {
    const agent = await fakeAgent(dir, [USER, init(), toolUse("Bash", {}), INTERRUPT, INTERRUPTED]);
    const watched = watch(agent, { cwd: dir });
    await watched.until("tool-start");
    const before = performance.now();
    await watched.turn.cancel();
    assert.ok(performance.now() - before < 1_900, "no deadline was needed");
    const last = await watched.end();
    assert.ok(last.kind === "cancelled" && last.usage?.costUsd === 0.5);
  }));

test("failure 12: everything is ended, whatever it does about it", () =>
  inFolder(async (dir) => {
    const far = { grandchild: "session", pidFile: join(dir, "far") } as const;
    const near = { grandchild: "group", pidFile: join(dir, "near") } as const;
    const scenario: Scenario = [USER, { ignoreTerm: true }, far, near, init(), { stay: true }];
    const watched = watch(await fakeAgent(dir, scenario), { cwd: dir });
    await watched.until("session");
    const pids = [watched.pid(), await pidIn(far.pidFile), await pidIn(near.pidFile)];
    const first = watched.turn.cancel();
    await Promise.all([first, watched.turn.cancel()]);
    assert.deepEqual(pids.map(isGone), [true, true, true]);
    assert.equal((await watched.end()).kind, "cancelled");
  }));

test("a success that comes after giving up is cancelled all the same", () =>
  inFolder(async (dir) => {
    const watched = watch(await fakeAgent(dir, [USER, init(), INTERRUPT, success("Done")]), { cwd: dir });
    await watched.until("session");
    await watched.turn.cancel();
    assert.equal((await watched.end()).kind, "cancelled");
  }));

test("a waiting permission is void when the turn ends", () =>
  inFolder(async (dir) => {
    const scenario = [USER, canUseTool("Bash", { command: "x" }), INTERRUPT, { exit: 1 }];
    const watched = watch(await fakeAgent(dir, scenario), { cwd: dir });
    await watched.until("request");
    await watched.turn.cancel();
    assert.deepEqual(
      watched.events.slice(-2).map(({ kind }) => kind),
      ["request-void", "cancelled"],
    );
    assert.equal(watched.turn.answer("req_1", { kind: "allow", scope: "once" }), false);
  }));

test("cancelled before anything has happened, and after everything has", () =>
  inFolder(async (dir) => {
    const agent = await fakeAgent(dir, [USER, success("Hi")]);
    const early = watch(agent, { cwd: dir });
    await early.turn.cancel();
    assert.equal((await early.end()).kind, "cancelled");
    const late = watch(agent, { cwd: dir });
    assert.equal((await late.end()).kind, "done");
    await late.turn.cancel();
    assert.equal((await late.end()).kind, "done");
  }));

test("two turns at a time, and only the one that is meant is ended", () =>
  inFolder(async (dir) => {
    const agent = await fakeAgent(dir, [USER, init(), INTERRUPT, INTERRUPTED]);
    const [one, other] = [watch(agent, { cwd: dir }), watch(agent, { cwd: dir })];
    await Promise.all([one.until("session"), other.until("session")]);
    await one.turn.cancel();
    assert.deepEqual(
      [one, other].map((each) => isGone(each.pid())),
      [true, false],
    );
    await other.turn.cancel();
  }));
