import assert from "node:assert/strict";
import { join } from "node:path";
import test from "node:test";
import type { AgentEvent } from "../../../src/agents/agent.ts";
import {
  answer,
  assistant,
  failure,
  init,
  SESSION,
  streamEvent,
  success,
  textDelta,
  toolResult,
  toolUse,
  whole,
} from "../../fakes/claude-cli.ts";
import { fakeAgent, inFolder, play } from "../turns.ts";

const USER = { expect: { type: "user" } };

test("a turn from its session to its usage", () =>
  inFolder(async (dir) => {
    const { events } = await play(dir, [
      USER,
      init({ slash_commands: ["compact", "cost"] }),
      ...answer("Hel", "lo"),
      toolUse("Bash", { command: "ls\npwd" }),
      toolResult("a.txt"),
      toolUse("Read", { file_path: join(dir, "src/a.ts") }, "toolu_2"),
      toolResult([{ type: "text", text: "<tool_use_error>No such file</tool_use_error>" }], true, "toolu_2"),
      whole("Bye", "msg_2"),
      success("Bye"),
    ]);
    const expected: AgentEvent[] = [
      { kind: "session", sessionId: SESSION, model: "fake-model", commands: ["compact", "cost"] },
      { kind: "text", delta: "Hel", block: 0 },
      { kind: "text", delta: "lo", block: 0 },
      { kind: "tool-start", id: "toolu_1", name: "Bash", summary: "ls …" },
      { kind: "tool-end", id: "toolu_1", ok: true },
      { kind: "tool-start", id: "toolu_2", name: "Read", summary: "src/a.ts" },
      { kind: "tool-end", id: "toolu_2", ok: false, error: "No such file" },
      { kind: "text", delta: "Bye", block: 1 },
      {
        kind: "done",
        usage: { durationMs: 5, turns: 1, costUsd: 0.5, inputTokens: 10, outputTokens: 5 },
      },
    ];
    assert.deepEqual(events, expected);
  }));

test("a subagent's tools are shown, its text is not", () =>
  inFolder(async (dir) => {
    const { events, text } = await play(dir, [
      init(),
      toolUse("Task", { description: "Look around", prompt: "…" }),
      streamEvent(textDelta("secret"), "toolu_1"),
      assistant([{ type: "text", text: "secret" }], "msg_9", "toolu_1"),
      toolUse("Grep", { pattern: "TODO" }, "toolu_2", "toolu_1"),
      toolResult("found", false, "toolu_2"),
      toolResult("report"),
      ...answer("All fine"),
      success("All fine"),
    ]);
    assert.equal(text(), "All fine");
    const tools = events.filter((event) => event.kind === "tool-start");
    assert.deepEqual(tools, [
      { kind: "tool-start", id: "toolu_1", name: "Task", summary: "Look around" },
      { kind: "tool-start", id: "toolu_2", name: "Grep", summary: "TODO", parent: "toolu_1" },
    ]);
  }));

test("failure 5: characters of several bytes arrive whole, however they come through the pipe", () =>
  inFolder(async (dir) => {
    const line = (text: string) => JSON.stringify(Object.values(streamEvent(textDelta(text)))[0]);
    const text = "한글 👩‍👩‍👧 ñ";
    const { text: got } = await play(dir, [USER, init(), { bytewise: `${line(text)}\n` }, success(text)]);
    assert.equal(got(), text);
  }));

test("what is not understood is skipped", () =>
  inFolder(async (dir) => {
    const { text, last, log } = await play(dir, [
      { raw: "Warning: something\n" },
      { raw: `${"x".repeat(1_000)}\n` },
      { raw: "\n\nnull\n[]\n42\n{}\n" },
      { line: { type: "brand_new_event", data: 1 } },
      { line: { type: "system", subtype: "brand_new" } },
      { line: { type: "assistant", message: { content: "odd" } } },
      { line: { type: "user", message: null } },
      streamEvent({ type: "brand_new" }),
      ...answer("Hi"),
      success("Hi"),
    ]);
    assert.equal(last.kind, "done");
    assert.equal(text(), "Hi");
    const lines = log.lines.map(({ fields }) => fields?.line).filter((line) => line !== undefined);
    assert.deepEqual(lines, ["Warning: something", "x".repeat(200)]);
  }));

test("long lines: a tool's result of 10 MB, and one beyond the bound", () =>
  inFolder(async (dir) => {
    const result = Object.values(toolResult("LONG", true))[0] as object;
    const { events, text, log } = await play(dir, [
      USER,
      toolUse("Bash", { command: "cat" }),
      { long: result, bytes: 10 << 20 },
      { long: { type: "user", data: "LONG" }, bytes: (64 << 20) + 1 },
      ...answer("Hi"),
      success("Hi"),
    ]);
    const end = events.find((event) => event.kind === "tool-end");
    assert.equal(end?.ok, false);
    assert.ok((end?.error ?? "").length <= 200);
    assert.equal(text(), "Hi");
    const dropped = log.lines.filter(({ event }) => event === "agent wrote a line that is too long");
    assert.deepEqual(
      dropped.map(({ fields }) => fields),
      [{ bytes: (64 << 20) + 1 }],
    );
  }));

test("an outcome that was not told before is delivered as text", () =>
  inFolder(async (dir) => {
    assert.equal((await play(dir, [USER, success("## Context\n\n")])).text(), "## Context\n\n");
    const failed = await play(dir, [USER, ...answer("Part"), failure("API Error: 529 Overloaded")]);
    assert.equal(failed.text(), "Part", "what went wrong is no part of the answer");
    assert.ok(failed.last.kind === "failed" && failed.last.failure.code === "overloaded");
  }));

test("only the first result counts", () =>
  inFolder(async (dir) => {
    const { last, text } = await play(dir, [USER, success("One"), failure("Two"), success("Three")]);
    assert.equal(last.kind, "done");
    assert.equal(text(), "One");
  }));

test("a result without a line end counts", () =>
  inFolder(async (dir) => {
    const raw = JSON.stringify({ type: "result", subtype: "success", is_error: false, result: "Hi" });
    const { last, text } = await play(dir, [USER, { raw }, { exit: 0 }]);
    assert.equal(last.kind, "done");
    assert.equal(text(), "Hi");
  }));

test("usage comes with each message", () =>
  inFolder(async (dir) => {
    const message = (input: number, output: number) => [
      streamEvent({
        type: "message_start",
        message: { id: "m", usage: { input_tokens: input, cache_read_input_tokens: 100 } },
      }),
      streamEvent({ type: "message_delta", delta: {}, usage: { output_tokens: output } }),
    ];
    const { events } = await play(dir, [USER, ...message(1, 10), ...message(2, 20), { exit: 0 }]);
    const usages = events.filter((event) => event.kind === "usage").map(({ usage }) => usage);
    assert.deepEqual(usages, [
      { inputTokens: 101, outputTokens: 10 },
      { inputTokens: 203, outputTokens: 30 },
    ]);
    const last = events.at(-1);
    assert.ok(last?.kind === "failed" && last.usage?.outputTokens === 30, "a failed turn tells what it used");
  }));

test("a handler that throws is logged and ends nothing", () =>
  inFolder(async (dir) => {
    const agent = await fakeAgent(dir, [USER, init(), ...answer("Hi"), success("Hi")]);
    const request = { prompt: "x", cwd: dir, permissions: "ask" as const, jobId: "throws" };
    const turn = agent.run(request, () => {
      throw new Error("bad handler");
    });
    await turn.ended;
    assert.ok(agent.log.lines.some(({ event }) => event === "agent event not handled"));
  }));
