import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { BRIEFING } from "../../../src/agents/briefing.ts";
import { starts } from "../../fakes/claude-cli.ts";
import {
  asks,
  completed,
  delta,
  notify,
  opened,
  refusal,
  result,
  THREAD,
  TURN,
} from "../../fakes/codex-cli.ts";
import { inFolder, watch } from "../turns.ts";
import { permissionOf, requestOf } from "./stage.ts";
import { fakeAgent, play } from "./stand-in.ts";

const USAGE = { inputTokens: 10, outputTokens: 5 };

test("each text comes once, and items that are not known are skipped", () =>
  inFolder(async (dir) => {
    const item = (type: string, fields: object) => ({ item: { type, id: "msg_1", ...fields } });
    const { events } = await play(dir, [
      ...opened(),
      delta("Hel"),
      notify("item/completed", item("agentMessage", { text: "Hello" })),
      notify("item/completed", item("agentMessage", { id: "msg_2", text: "Whole" })),
      notify("item/completed", item("agentMessage", { id: "msg_2", text: "Whole" })),
      notify("item/completed", item("agentMessage", { id: "msg_3", text: "" })),
      notify("item/agentMessage/delta", { threadId: "other", itemId: "msg_4", delta: "a subagent's" }),
      notify("item/completed", item("plan", { id: "msg_5", text: "# Plan" })),
      notify("item/started", item("webSearch", { id: "web_1", query: "" })),
      notify("item/completed", item("webSearch", { id: "web_1", query: "nanogent" })),
      notify("item/started", item("brand_new", {})),
      notify("brand/new", {}),
      { raw: "Warning: something\n[]\n42\n{}\n" },
      completed(),
    ]);
    assert.deepEqual(events, [
      { kind: "session", sessionId: THREAD, model: "fake-model" },
      { kind: "text", delta: "Hel", block: 0 },
      { kind: "text", delta: "lo", block: 0 },
      { kind: "text", delta: "Whole", block: 1 },
      { kind: "text", delta: "# Plan", block: 2 },
      { kind: "tool-start", id: "web_1", name: "WebSearch", summary: "nanogent" },
      { kind: "tool-end", id: "web_1", ok: true },
      { kind: "done", usage: { durationMs: 5 } },
    ]);
  }));

test("the program gets the folder, the mark and no secrets", () =>
  inFolder(async (dir) => {
    const rest = { permissions: "plan", model: "m", effort: "low", prompt: "a\0b" } as const;
    await play(dir, [...opened("thread/resume"), completed()], {
      sessionId: THREAD,
      jobId: "job-1",
      ...rest,
    });
    const [start] = await starts(dir);
    assert.deepEqual(start?.args, ["app-server"]);
    assert.equal(start?.cwd, dir);
    assert.deepEqual(
      ["NANOGENT_JOB", "TELEGRAM_BOT_TOKEN", "OTHER"].map((name) => start?.env[name]),
      ["job-1", undefined, undefined],
    );
    const [, , , resume, turn] = start?.input ?? [];
    assert.deepEqual(resume?.params, {
      ...{ threadId: THREAD, excludeTurns: true, cwd: dir, approvalPolicy: "never", sandbox: "read-only" },
      ...{ model: "m", developerInstructions: BRIEFING },
      config: {
        "features.default_mode_request_user_input": true,
        "shell_environment_policy.set.NANOGENT_JOB": "job-1",
      },
    });
    assert.deepEqual(turn?.params, {
      ...{ threadId: THREAD, effort: "low" },
      input: [{ type: "text", text: "ab", text_elements: [] }],
    });
  }));

test("what cannot be shown is answered at once", () =>
  inFolder(async (dir) => {
    const { events } = await play(dir, [
      ...opened(),
      asks(7, "item/tool/call", { tool: "x" }),
      { expect: { id: 7, error: { code: -32601 } } },
      asks("a", "mcpServer/elicitation/request", { mode: "form", message: "Name?" }),
      { expect: { id: "a", result: { action: "decline" } } },
      asks(8, "item/tool/requestUserInput", { questions: [] }),
      { expect: { id: 8, result: { answers: {} } } },
      completed(),
    ]);
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ["session", "refused", "done"],
    );
  }));

test("a request that was answered otherwise is void", () =>
  inFolder(async (dir) => {
    const agent = await fakeAgent(dir, [
      ...opened(),
      asks(0, "item/commandExecution/requestApproval", { command: "ls", itemId: "x" }),
      notify("serverRequest/resolved", { requestId: 0 }),
      { gate: join(dir, "here"), until: join(dir, "go") },
      completed(),
    ]);
    const watched = watch(agent, { cwd: dir });
    await watched.until("request-void");
    assert.equal(watched.turn.answer("0", { kind: "allow", scope: "once" }), false);
    await writeFile(join(dir, "go"), "");
    assert.equal((await watched.end()).kind, "done");
  }));

test("requests that the real program makes in other surroundings", () =>
  inFolder(async (dir) => {
    const approval = "item/commandExecution/requestApproval";
    const agent = await fakeAgent(dir, [
      ...opened(),
      asks(1, approval, { networkApprovalContext: { host: "example.org", protocol: "https" } }),
      { expect: { id: 1, result: { decision: "acceptForSession" } } },
      asks(2, "item/fileChange/requestApproval", { itemId: "x", grantRoot: "/srv", reason: "Needed" }),
      { expect: { id: 2, result: { decision: "accept" } } },
      asks(3, "item/tool/requestUserInput", { questions: [{ question: "Name?", options: null }] }),
      { expect: { id: 3, result: { answers: { 0: { answers: ["Ada"] } } } } },
      completed(),
    ]);
    const watched = watch(agent, { cwd: dir });
    const network = await permissionOf(watched, 1);
    assert.equal(`${network.tool} ${network.detail}`, "Network https://example.org");
    // It was not proposed for good: then it holds for the session.
    watched.turn.answer("1", { kind: "allow", scope: "always" });
    const root = await permissionOf(watched, 2);
    assert.equal(`${root.tool} ${root.detail} ${root.reason}`, "Edit Write below /srv Needed");
    watched.turn.answer("2", { kind: "allow", scope: "once" });
    const asked = await requestOf(watched, 3);
    assert.ok(asked.kind === "questions" && asked.questions[0]?.id === "0");
    watched.turn.answer("3", { kind: "answers", answers: { 0: ["Ada"] } });
    assert.equal((await watched.end()).kind, "done");
  }));

test("steering waits for the turn to begin, and tells when it was refused", () =>
  inFolder(async (dir) => {
    const steer = { expect: { method: "turn/steer", params: { expectedTurnId: TURN } } };
    const agent = await fakeAgent(dir, [
      ...opened(),
      steer,
      result(5, { turnId: TURN }),
      steer,
      refusal(6, "no active turn to steer"),
      completed(),
    ]);
    const watched = watch(agent, { cwd: dir });
    assert.equal(await watched.turn.steer("one"), true);
    assert.equal(await watched.turn.steer("two"), false);
    await watched.end();
  }));

test("what throws in a callback does not end the turn", () =>
  inFolder(async (dir) => {
    const agent = await fakeAgent(dir, [...opened(), delta("x"), completed()]);
    const request = { prompt: "hello", permissions: "ask", jobId: "throws", cwd: dir } as const;
    const turn = agent.run(request, () => {
      throw new Error("from the callback");
    });
    await turn.ended;
    const lines = agent.log.lines.filter(({ event }) => event === "agent event not handled");
    assert.deepEqual(
      lines.map(({ fields }) => fields?.kind),
      ["process", "session", "text", "done"],
    );
  }));

test("the sum of a thread that is gone on with is not this turn's", () =>
  inFolder(async (dir) => {
    const tokens = (inputTokens: number, outputTokens: number) => ({ inputTokens, outputTokens });
    const usage = (total: object, last: object, turnId = TURN) =>
      notify("thread/tokenUsage/updated", { turnId, tokenUsage: { total, last } });
    const { events, last } = await play(
      dir,
      [
        ...opened("thread/resume").slice(0, 6),
        usage(tokens(100, 50), tokens(100, 50), "an earlier turn"),
        ...opened("thread/resume").slice(6),
        usage(tokens(106, 52), tokens(6, 2)),
        usage(tokens(110, 55), tokens(4, 3)),
        completed(),
      ],
      { sessionId: THREAD },
    );
    assert.deepEqual(
      events.filter(({ kind }) => kind === "usage").map((event) => event.kind === "usage" && event.usage),
      [tokens(6, 2), USAGE],
    );
    assert.ok(last.kind === "done");
    assert.deepEqual(last.usage, { durationMs: 5, ...USAGE });
  }));
