import assert from "node:assert/strict";
import test from "node:test";
import { canUseTool, init, starts, success } from "../../fakes/claude-cli.ts";
import { fakeAgent, inFolder, watch } from "../turns.ts";

const USER = { expect: { type: "user" } };
const ANSWER = { expect: { type: "control_response" } };
const INPUT = { command: "rm -rf build", description: "Clean up" };

/** What the program has got as answers, in order. */
async function answers(dir: string): Promise<unknown[]> {
  const [start] = await starts(dir);
  return (start?.input ?? []).filter((line) => line.type === "control_response").map((line) => line.response);
}

test("a permission is asked with everything that a person needs, and allowed", () =>
  inFolder(async (dir) => {
    const agent = await fakeAgent(dir, [USER, init(), canUseTool("Bash", INPUT), ANSWER, success("ok")]);
    const watched = watch(agent, { cwd: dir });
    const { request } = await watched.until("request");
    assert.deepEqual(request, {
      kind: "permission",
      id: "req_1",
      tool: "Bash",
      detail: "rm -rf build",
      language: "bash",
      reason: "Clean up",
    });
    assert.equal(watched.turn.answer("another", { kind: "allow", scope: "once" }), false);
    assert.equal(watched.turn.answer("req_1", { kind: "allow", scope: "once" }), true);
    assert.equal(watched.turn.answer("req_1", { kind: "allow", scope: "once" }), false, "only once");
    await watched.end();
    assert.ok(!watched.events.some(({ kind }) => kind === "request-void"));
    const response = { behavior: "allow", updatedInput: INPUT };
    assert.deepEqual(await answers(dir), [{ subtype: "success", request_id: "req_1", response }]);
  }));

test("a rule that nanogent could not give back at the next start is nobody's to keep", () =>
  inFolder(async (dir) => {
    const cases: [content: string, keeper: string][] = [
      ["npm test *", "nanogent"],
      ["x".repeat(2_000), "nanogent"],
      ["x".repeat(4_000), "nobody"],
      ["cat <<E\nE", "nobody"],
    ];
    const asked = cases.flatMap(([ruleContent], index) => {
      const rules = [{ toolName: "Bash", ruleContent }];
      const suggestion = { type: "addRules", behavior: "allow", destination: "localSettings", rules };
      return [canUseTool("Bash", INPUT, `req_${index}`, { permission_suggestions: [suggestion] }), ANSWER];
    });
    const watched = watch(await fakeAgent(dir, [USER, init(), ...asked, success("ok")]), { cwd: dir });
    for (const [index, [content, keeper]] of cases.entries()) {
      const request = await watched.request(index + 1);
      const always = request.kind === "permission" ? request.always : undefined;
      assert.deepEqual(always, { rules: [`Bash(${content})`], keeper });
      watched.turn.answer(`req_${index}`, { kind: "deny", reason: "no" });
    }
    await watched.end();
  }));

test("a denial carries its reason to the model", () =>
  inFolder(async (dir) => {
    const cases: [reason: string, message: string][] = [
      ["use make clean", "use make clean"],
      [" ", "The user does not allow this."],
    ];
    const scenario = [USER, canUseTool("Bash", INPUT), ANSWER, canUseTool("Bash", INPUT, "req_2"), ANSWER];
    const watched = watch(await fakeAgent(dir, [...scenario, success("ok")]), { cwd: dir });
    await watched.until("request");
    for (const [index, [reason]] of cases.entries()) {
      while (!watched.turn.answer(`req_${index + 1}`, { kind: "deny", reason })) {
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    await watched.end();
    assert.deepEqual(
      (await answers(dir)).map((one) => (one as { response: unknown }).response),
      cases.map(([, message]) => ({ behavior: "deny", message, interrupt: false })),
    );
  }));

test("what cannot be shown is answered at once, so that nothing hangs", () =>
  inFolder(async (dir) => {
    const watched = watch(
      await fakeAgent(dir, [
        USER,
        canUseTool("AskUserQuestion", { questions: [] }, "q"),
        ANSWER,
        canUseTool("ExitPlanMode", {}, "p"),
        ANSWER,
        { line: { type: "control_request", request_id: "h", request: { subtype: "hook_callback" } } },
        ANSWER,
        { line: { type: "control_request", request_id: "n" } },
        ANSWER,
        success("ok"),
      ]),
      { cwd: dir },
    );
    assert.equal((await watched.end()).kind, "done");
    assert.ok(!watched.events.some(({ kind }) => kind === "request"));
    const [question, plan, hook, none] = JSON.parse(JSON.stringify(await answers(dir)));
    assert.equal(question.response.behavior, "deny");
    assert.match(question.response.message, /ask in plain text/);
    assert.equal(plan.response.behavior, "deny");
    assert.match(plan.response.message, /plain text/);
    assert.deepEqual([hook.subtype, hook.request_id], ["error", "h"]);
    assert.match(hook.error, /hook_callback/);
    assert.deepEqual([none.subtype, none.request_id], ["error", "n"]);
  }));

test("a request that nobody has answered is void before the turn's last event", () =>
  inFolder(async (dir) => {
    const watched = watch(await fakeAgent(dir, [USER, canUseTool("Bash", INPUT), success()]), { cwd: dir });
    await watched.end();
    assert.deepEqual(
      watched.events.map(({ kind }) => kind),
      ["request", "request-void", "done"],
    );
  }));

test("a request that is taken back is void", () =>
  inFolder(async (dir) => {
    const watched = watch(
      await fakeAgent(dir, [
        USER,
        canUseTool("Bash", INPUT),
        { line: { type: "control_cancel_request", request_id: "req_1" } },
        { line: { type: "control_cancel_request", request_id: "unknown" } },
        success("ok"),
      ]),
      { cwd: dir },
    );
    await watched.until("request-void");
    assert.equal(watched.turn.answer("req_1", { kind: "allow", scope: "once" }), false);
    await watched.end();
    assert.equal(watched.events.filter(({ kind }) => kind === "request-void").length, 1);
  }));
