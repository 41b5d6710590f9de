import assert from "node:assert/strict";
import test from "node:test";
import type { Agent } from "../../../src/agents/agent.ts";
import { CodexTurn } from "../../../src/agents/codex/turn.ts";
import { sessionGrants } from "../../../src/agents/session-grants.ts";
import type { FakeModel } from "../../fakes/openai.ts";
import { failureOf, watch } from "../turns.ts";
import { onStage, REAL } from "./stage.ts";

const UNKNOWN = "01a212bc-a7e2-7f82-81f4-000000000000";

test("real: what goes wrong at the model is told as what it is", REAL, () =>
  onStage(async ({ agent, model, cwd }) => {
    const cases: [code: string, fail: (model: FakeModel) => void][] = [
      ["auth", ({ error }) => error(401, "invalid_api_key", "Incorrect API key provided: sk-x")],
      ["overloaded", ({ error }) => error(503, "overloaded", "The server is overloaded")],
      ["overloaded", ({ error }) => error(503, "server_is_overloaded", "Slow down")],
      ["overloaded", ({ error }) => error(500, "server_error", "Boom")],
      ["rate-limit", ({ error }) => error(429, "rate_limit_exceeded", "Rate limit reached")],
      ["rate-limit", ({ error }) => error(429, "usage_limit_reached", "The usage limit has been reached")],
      ["context", ({ error }) => error(400, "context_length_exceeded", "The input exceeds the window")],
      ["config", ({ error }) => error(404, "model_not_found", "No such model")],
      ["error", ({ error }) => error(400, "invalid_request_error", "Unknown parameter: x")],
      ["overloaded", ({ failed }) => failed("server_is_overloaded", "Our servers are currently overloaded")],
      ["rate-limit", ({ failed }) => failed("insufficient_quota", "You exceeded your current quota")],
      ["context", ({ failed }) => failed("context_length_exceeded", "The input exceeds the context window")],
    ];
    for (const [code, fail] of cases) {
      fail(model);
      const watched = watch(agent, { cwd });
      const told = await failureOf(watched);
      assert.equal(told.code, code, JSON.stringify(told));
      assert.ok(told.raw, "its own words go to the log");
      assert.doesNotMatch(told.message, /https?:|[{}]/, JSON.stringify(told));
      assert.equal(watched.text(), "");
    }
  }),
);

test("real: a failed request is tried again by the program, and nothing of it is shown", REAL, () =>
  onStage(
    async ({ agent, model, cwd }) => {
      model.error(500, "server_error", "Boom");
      model.reply({ text: "Hello." });
      const watched = watch(agent, { cwd });
      assert.equal((await watched.end()).kind, "done");
      assert.equal(watched.text(), "Hello.");
    },
    { retries: 2 },
  ),
);

test("real: a session that is not there", REAL, () =>
  onStage(async ({ agent, cwd }) => {
    for (const sessionId of [UNKNOWN, "nonsense"]) {
      const watched = watch(agent, { cwd, sessionId });
      const told = await failureOf(watched);
      assert.equal(told.code, "no-session", JSON.stringify(told));
      assert.deepEqual(
        watched.events.map(({ kind }) => kind),
        ["failed"],
      );
    }
  }),
);

test("real: no model to be reached, and no key for it", REAL, async () => {
  await onStage(async ({ agent, model, cwd, options }) => {
    await model.close();
    const grants = sessionGrants();
    const impatient: Agent = {
      ...agent,
      run: (request, onEvent) => new CodexTurn({ ...options, grants, retryMs: 300 }, request, onEvent),
    };
    const told = await failureOf(watch(impatient, { cwd }));
    assert.equal(told.code, "network", JSON.stringify(told));
  });
  await onStage(
    async ({ agent, cwd }) => {
      const told = await failureOf(watch(agent, { cwd }));
      assert.equal(told.code, "auth", JSON.stringify(told));
      assert.match(told.hint ?? "", /codex login/);
    },
    { env: { STUB_KEY: "" } },
  );
});
