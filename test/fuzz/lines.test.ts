import assert from "node:assert/strict";
import test from "node:test";
import type { AgentEvent } from "../../src/agents/agent.ts";
import { claudeEvents } from "../../src/agents/claude/events.ts";
import { claudeStream } from "../../src/agents/claude/stream.ts";
import { splitLines } from "../../src/agents/lines.ts";
import { createAnswerText } from "../../src/chat/answer-text.ts";
import { renderFinal, renderRunning } from "../../src/chat/turn-render.ts";
import { createTurnView } from "../../src/chat/turn-view.ts";
import type { Log } from "../../src/log.ts";
import { inFolder, play } from "../agents/turns.ts";
import * as cli from "../fakes/claude-cli.ts";
import type { Json } from "./mutate.ts";
import { count, fuzz } from "./runs.ts";

const LIMITS = { length: 4096, entities: 90 };
const TURN_LINES = 200;

/** A line of every kind that Claude Code writes. */
const LINES: readonly Json[] = [
  cli.init({ slash_commands: ["compact", "review"] }),
  ...cli.answer("Hello ", "**world**\n\n```ts\nlet x = 1;\n```\n"),
  cli.streamEvent({ type: "message_delta", usage: { output_tokens: 5 } }),
  cli.toolUse("Bash", { command: "ls -la", description: "List" }),
  cli.toolUse("Edit", { file_path: "/x/a.ts", old_string: "a\n", new_string: "b\n" }, "toolu_2", "toolu_1"),
  cli.toolResult("boom\nmore", true),
  cli.toolResult([{ type: "text", text: "fine" }], false, "toolu_2"),
  cli.canUseTool("Bash", { command: "rm -rf build", description: "Clean" }),
  cli.canUseTool("MultiEdit", { file_path: "a", edits: [{ old_string: "a", new_string: "b" }] }, "req_2"),
  cli.canUseTool("Write", { file_path: "a", content: "x" }, "req_3"),
  cli.canUseTool("WebFetch", { url: "https://example.org" }, "req_4"),
  cli.canUseTool("AskUserQuestion", { questions: [{ question: "Which?", options: ["a", "b"] }] }, "req_5"),
  { line: { type: "control_request", request_id: "req_6", request: { subtype: "hook_callback" } } },
  { line: { type: "control_cancel_request", request_id: "req_1" } },
  {
    line: {
      type: "control_response",
      response: { subtype: "success", response: { commands: [{ name: "compact" }, { name: "init" }] } },
    },
  },
  cli.failure("Claude AI usage limit reached|1735689600", { errors: ["x"], api_error_status: 429 }),
  cli.success("Hello world"),
].flatMap((step) => ("line" in step ? [step.line as Json] : []));

test("lines of the agent: none throws, what cannot be read is logged, and what was read can be shown", (t) =>
  inFolder(async (dir) => {
    const { mutate, runs, uncaught } = fuzz(t, "lines");
    const refused = new Map<string, number>();
    const keep = (event: string): void => count(refused, event);
    const log: Log = { debug() {}, info() {}, warn: keep, error: keep };
    for (let done = 0; done < runs; done += TURN_LINES) {
      const view = createTurnView("markdown", createAnswerText(`${dir}/answer.txt`), 0);
      const take = (event: AgentEvent): void => view.apply(event, 1);
      const events = claudeEvents({
        cwd: dir,
        emit: take,
        send: (message) => assert.doesNotThrow(() => JSON.stringify(message)),
        onCommands: (names) => assert.ok(names.every((name) => typeof name === "string")),
        onResult: () => {},
        onUserMessage: () => {},
        onGrant: () => {},
        trusted: () => false,
        log,
      });
      const lines = splitLines(claudeStream(events, log), {
        maxBytes: 150_000,
        onDropped: () => keep("too long"),
      });
      for (let each = 0; each < TURN_LINES; each += 1) {
        const line = mutate.once(10) ? JSON.stringify(mutate.pick(LINES)) : mutate.json(mutate.pick(LINES));
        for (const chunk of chunksOf(Buffer.from(`${line}\n`), mutate.int)) {
          assert.doesNotThrow(() => lines.push(chunk), `thrown at the line ${line.slice(0, 500)}`);
        }
        if (each % 50 === 0) assert.doesNotThrow(() => renderRunning(view, 2_000, LIMITS));
      }
      lines.end();
      events.withdrawRequests();
      assert.equal(view.waitingForAnswer, false);
      const { parts } = renderFinal(view, { kind: "done", usage: { durationMs: 1 } }, LIMITS);
      for (const { text } of parts) assert.ok(text.length <= LIMITS.length);
      view.text.close();
    }
    t.diagnostic(JSON.stringify(Object.fromEntries(refused)));
    assert.ok((refused.get("agent wrote a line that is no JSON") ?? 0) > 0);
    assert.deepEqual(uncaught, []);
  }));

test("turns of an agent that writes garbage: each ends with exactly one last event", (t) =>
  inFolder(async (dir) => {
    const { mutate, runs, uncaught } = fuzz(t, "lines");
    for (let done = 0; done < runs; done += 1_000) {
      const garbage = Array.from({ length: 10 }, () => ({ raw: `${mutate.json(mutate.pick(LINES))}\n` }));
      const { last } = await play(dir, [
        ...garbage,
        { raw: mutate.json(mutate.pick(LINES)) },
        { exit: mutate.int(3) },
      ]);
      assert.ok(["done", "failed"].includes(last.kind));
    }
    assert.deepEqual(uncaught, []);
  }));

/** As a pipe delivers them. */
function chunksOf(bytes: Buffer, int: (below: number) => number): Buffer[] {
  const at = int(bytes.length * 3);
  return at < bytes.length ? [bytes.subarray(0, at), bytes.subarray(at)] : [bytes];
}
