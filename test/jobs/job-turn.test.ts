import assert from "node:assert/strict";
import test from "node:test";
import type { Agent, AgentEvent, TurnRequest } from "../../src/agents/agent.ts";
import { CONTINUE, JobTurn, type JobTurnOptions } from "../../src/jobs/job-turn.ts";
import { OFFERS_NOTHING, PASSIVE } from "../fakes/agent.ts";
import { fakeClock } from "../fakes/clock.ts";

const OVERLOADED: AgentEvent = {
  kind: "failed",
  failure: { code: "overloaded", message: "The model's service is overloaded." },
};
const SETTINGS = { permissions: "skip", model: undefined, timeoutMs: undefined } as const;
const DONE: AgentEvent = { kind: "done", usage: { durationMs: 1 } };
const TOOL: AgentEvent = { kind: "tool-start", id: "1", name: "Bash", summary: "rm x" };
const session = (sessionId: string): AgentEvent => ({ kind: "session", sessionId });

/** An agent whose tries are scripted: the events of each, at once. Without a last one it goes on until it is cancelled. */
function setUp(tries: readonly (readonly AgentEvent[])[], options: Partial<JobTurnOptions> = {}) {
  const clock = fakeClock();
  const requests: Pick<TurnRequest, "prompt" | "sessionId">[] = [];
  const holds: (string | undefined)[] = [];
  const ended: string[] = [];
  let known: string | undefined;
  const agent: Agent = {
    name: "scripted",
    output: "markdown",
    ...OFFERS_NOTHING,
    run({ prompt, sessionId }, onEvent) {
      const events = tries[requests.length] ?? [];
      requests.push({ prompt, ...(sessionId === undefined ? {} : { sessionId }) });
      const isOver = Promise.resolve().then(() => {
        for (const event of events) onEvent(event);
      });
      return {
        ...PASSIVE,
        cancel: async () => onEvent({ kind: "cancelled" }),
        ended: isOver,
      };
    },
  };
  const turn = new JobTurn({
    agent,
    clock,
    prompt: "do it",
    images: [],
    jobId: "1-a",
    cwd: "/",
    settings: SETTINGS,
    opening: () => (known === undefined ? {} : { sessionId: known }),
    onEvent(event) {
      if (event.kind === "session") known = event.sessionId;
      if (event.kind === "tool-end") ended.push(event.id);
    },
    stay: { warmMs: 0, onStay() {}, onGone() {}, onOwnTurn() {} },
    onHold: (reason) => void holds.push(reason),
    ...options,
  });
  return { clock, turn, requests, holds, ended };
}

test("only an overloaded model is tried again, twice, after 20 s and a minute, which is told", async () => {
  const { clock, turn, requests, holds } = setUp([[OVERLOADED], [OVERLOADED], [OVERLOADED], [DONE]]);
  await clock.advance(19_000);
  assert.equal(requests.length, 1);
  await clock.advance(1_000);
  assert.equal(requests.length, 2);
  await clock.advance(60_000);
  assert.equal(requests.length, 3);
  assert.equal((await turn.last).kind, "failed");
  assert.match(`${holds}`, /Trying again in 20 s \(1 of 2\),,.*Trying again in 1:00 min \(2 of 2\),$/);
  for (const code of ["rate-limit", "auth", "network", "crashed", "context", "error"] as const) {
    const other = setUp([[{ kind: "failed", failure: { code, message: "no" } }], [DONE]]);
    await other.clock.advance(100_000);
    assert.equal(other.requests.length, 1, code);
  }
});

test("what was done already is not asked for again: the session goes on instead", async () => {
  const { clock, turn, requests, ended } = setUp([[session("s1"), TOOL, OVERLOADED], [DONE]]);
  await clock.advance(20_000);
  assert.deepEqual(ended, ["1"], "what ran then runs no more");
  assert.equal((await turn.last).kind, "done");
  assert.deepEqual(requests, [{ prompt: "do it" }, { prompt: CONTINUE, sessionId: "s1" }]);
});

test("where something was done and no session is known, nothing is tried again", async () => {
  const { clock, turn, requests } = setUp([[TOOL, OVERLOADED], [DONE]]);
  await clock.advance(100_000);
  assert.equal((await turn.last).kind, "failed");
  assert.equal(requests.length, 1);
});

test("what the tries before the last one have cost counts as well", async () => {
  const used = { durationMs: 1, costUsd: 0.5, inputTokens: 10, outputTokens: 1 };
  const costly: AgentEvent = { ...OVERLOADED, usage: used };
  const cases: [last: readonly AgentEvent[], costUsd: number, inputTokens: number][] = [
    [[{ kind: "done", usage: { ...used, costUsd: 0.25 } }], 0.75, 20],
    [[DONE], 0.5, 10],
    [[costly], 1.5, 30],
  ];
  for (const [last, costUsd, inputTokens] of cases) {
    const { clock, turn } = setUp([[costly], last, last]);
    await clock.advance(100_000);
    const { usage } = await turn.last;
    assert.deepEqual([usage?.costUsd, usage?.inputTokens], [costUsd, inputTokens]);
  }
  const { clock, turn } = setUp([[costly], [DONE]]);
  await clock.advance(1_000);
  await turn.cancel();
  assert.deepEqual((await turn.last).usage?.costUsd, 0.5);
});

test("a cancel ends the wait for the next try", async () => {
  const { clock, turn, requests } = setUp([[OVERLOADED], [DONE]]);
  await clock.advance(1_000);
  await turn.cancel();
  assert.equal((await turn.last).kind, "cancelled");
  assert.equal(requests.length, 1);
  assert.equal(clock.pending, 0);
});

test("failure 17: the timeout ends it as a failure of its own, in the wait between two tries too", async () => {
  for (const tries of [[[]], [[OVERLOADED], []]]) {
    const { clock, turn } = setUp(tries, { settings: { ...SETTINGS, timeoutMs: 30_000 } });
    await clock.advance(30_000);
    const last = await turn.last;
    assert.ok(last.kind === "failed" && last.failure.code === "timeout");
    assert.equal(clock.pending, 0);
  }
});

test("an agent that throws is a failed job", async () => {
  const agent: Agent = {
    name: "broken",
    output: "raw",
    ...OFFERS_NOTHING,
    run() {
      throw new Error("boom");
    },
  };
  const { turn } = setUp([], { agent });
  const last = await turn.last;
  assert.ok(last.kind === "failed" && /boom/.test(last.failure.message));
});
