import assert from "node:assert/strict";
import { join } from "node:path";
import test from "node:test";
import { isGone, pidIn, watch } from "../turns.ts";
import { onStage, permissionOf, REAL } from "./stage.ts";

const STAY = "setsid sleep 600 & echo $! > far; echo $$ > near; sleep 600";

test("real: cancelling ends a running command, and no process is left", REAL, async () => {
  // The second one keeps the environment, and with it the job's mark, from commands.
  for (const config of ["", '[shell_environment_policy]\ninherit = "core"']) {
    await onStage(
      async ({ agent, model, cwd }) => {
        model.reply({ tool: "exec_command", input: { cmd: STAY, yield_time_ms: 30_000 } });
        const watched = watch(agent, { cwd, permissions: "skip" });
        const pids = [await pidIn(join(cwd, "far")), await pidIn(join(cwd, "near")), watched.pid()];
        const before = performance.now();
        await watched.turn.cancel();
        assert.ok(performance.now() - before < 1_900, "no deadline was needed");
        assert.equal((await watched.end()).kind, "cancelled");
        assert.deepEqual(pids.map(isGone), [true, true, true]);
      },
      { config },
    );
  }
});

test("real: what a command leaves in the background ends with the turn", REAL, () =>
  onStage(async ({ agent, model, cwd }) => {
    model.reply({ tool: "exec_command", input: { cmd: STAY, yield_time_ms: 500 } });
    model.reply({ text: "It runs." });
    const watched = watch(agent, { cwd, permissions: "skip" });
    const pids = [await pidIn(join(cwd, "far")), await pidIn(join(cwd, "near"))];
    assert.equal((await watched.end()).kind, "done");
    assert.deepEqual(pids.map(isGone), [true, true]);
  }),
);

test("real: cancelling while the answer streams keeps the session", REAL, () =>
  onStage(async ({ agent, model, cwd }) => {
    const reply = model.hold();
    reply.text("Half an ");
    const watched = watch(agent, { cwd, prompt: "tell me" });
    await watched.until("text");
    const { sessionId } = await watched.until("session");
    await watched.turn.cancel();
    assert.equal((await watched.end()).kind, "cancelled");
    assert.equal(watched.text(), "Half an ");

    model.reply({ text: "Hello." });
    const next = watch(agent, { cwd, prompt: "go on", sessionId });
    assert.equal((await next.end()).kind, "done");
    assert.ok((await model.untilRequest(2)).texts.includes("tell me"));
  }),
);

test("real: cancelling while a permission is asked for", REAL, () =>
  onStage(async ({ agent, model, cwd }) => {
    model.reply({ tool: "exec_command", input: { cmd: "touch a" } });
    const watched = watch(agent, { cwd });
    const { id } = await permissionOf(watched);
    await watched.turn.cancel();
    assert.equal((await watched.end()).kind, "cancelled");
    const voids = watched.events.filter((event) => event.kind === "request-void");
    assert.deepEqual(voids, [{ kind: "request-void", id }]);
    assert.equal(watched.turn.answer(id, { kind: "allow", scope: "once" }), false);
  }),
);

test("real: cancelled before anything has happened, and after everything has", REAL, () =>
  onStage(async ({ agent, model, cwd }) => {
    const early = watch(agent, { cwd });
    const steering = early.turn.steer("more");
    await early.turn.cancel();
    assert.equal((await early.end()).kind, "cancelled");
    assert.equal(await steering, false);
    model.reply({ text: "Hi" });
    const late = watch(agent, { cwd });
    assert.equal((await late.end()).kind, "done");
    await late.turn.cancel();
    assert.equal((await late.end()).kind, "done");
  }),
);
