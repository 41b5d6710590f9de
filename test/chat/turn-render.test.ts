import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import type { AgentEvent, Usage } from "../../src/agents/agent.ts";
import { createAnswerText } from "../../src/chat/answer-text.ts";
import { byWhom } from "../../src/chat/by-whom.ts";
import { renderFinal, renderRunning } from "../../src/chat/turn-render.ts";
import { createTurnView, type Ending, type TurnView } from "../../src/chat/turn-view.ts";

const LIMITS = { length: 4096, entities: 90 };
const text = (delta: string, block = 0): AgentEvent => ({ kind: "text", delta, block });
const tool = (id: string, name: string, summary: string, parent?: string): AgentEvent => ({
  kind: "tool-start",
  id,
  name,
  summary,
  ...(parent ? { parent } : {}),
});
const failed = (id: string, error: string): AgentEvent => ({ kind: "tool-end", id, ok: false, error });
const ok = (id: string): AgentEvent => ({ kind: "tool-end", id, ok: true });
const DONE: Ending = {
  kind: "done",
  usage: { durationMs: 41_234, turns: 3, costUsd: 0.0612, inputTokens: 21_400, outputTokens: 1_120 },
};

function viewOf(
  events: readonly AgentEvent[],
  output: "markdown" | "raw" = "markdown",
  spool = "/nonexistent/spool",
): TurnView {
  const view = createTurnView(output, createAnswerText(spool), 0);
  for (const event of events) view.apply(event, 0);
  return view;
}

const RUNNING: readonly (readonly [
  what: string,
  events: readonly AgentEvent[],
  ms: number,
  shown: string,
])[] = [
  ["nothing yet", [], 300, "⏳ 0 s · working"],
  ["text only", [text("Hello **wor")], 4_900, "Hello wor\n\n⏳ 4 s · working"],
  ["blocks are paragraphs", [text("One."), text("Two.", 1)], 0, "One.\n\nTwo.\n\n⏳ 0 s · working"],
  ["a running tool", [tool("1", "Bash", "npm test")], 75_000, "🔧 Bash npm test\n⏳ 1:15 min · Bash"],
  [
    "tools that ended, one of them badly",
    [tool("1", "Read", "a.ts"), ok("1"), tool("2", "Bash", "false"), failed("2", "Exit code 1")],
    0,
    "🔧 Read a.ts\n❌ Bash false (Exit code 1)\n⏳ 0 s · working",
  ],
  [
    "a subagent's tool",
    [tool("1", "Task", "look"), tool("2", "Grep", "x", "1")],
    0,
    "🔧 Task look\n   ↳ 🔧 Grep x\n⏳ 0 s · Grep",
  ],
  [
    "only the latest tools",
    [1, 2, 3, 4, 5, 6, 7].map((n) => tool(String(n), "Read", `${n}.ts`)),
    0,
    "… 2 earlier\n🔧 Read 3.ts\n🔧 Read 4.ts\n🔧 Read 5.ts\n🔧 Read 6.ts\n🔧 Read 7.ts\n⏳ 0 s · Read",
  ],
  [
    "a waiting permission",
    [{ kind: "request", request: { kind: "permission", id: "p", tool: "Bash", detail: "rm" } }],
    0,
    "⏳ 0 s · waiting for your answer",
  ],
];

for (const [what, events, ms, shown] of RUNNING) {
  test(`while it runs: ${what}`, () => {
    assert.deepEqual(
      renderRunning(viewOf(events), ms, LIMITS).map((part) => part.text),
      [shown],
    );
  });
}

const ENDINGS: readonly (readonly [
  what: string,
  events: readonly AgentEvent[],
  ending: Ending,
  shown: string,
])[] = [
  ["done", [text("Fine.")], DONE, "Fine.\n\n✅ 41 s · 3 turns · $0.06 · 21k in / 1.1k out"],
  [
    "with what was refused without asking",
    [
      text("Fine."),
      ...[1, 2, 3, 4, 5, 6].map((n): AgentEvent => ({ kind: "refused", what: `Bash ls ${n}` })),
    ],
    DONE,
    `Fine.\n\n${[1, 2, 3, 4, 5].map((n) => `⛔ Refused without asking you: Bash ls ${n}\n`).join("")}… and 1 more\n\n✅ 41 s · 3 turns · $0.06 · 21k in / 1.1k out`,
  ],
  ["without text", [], DONE, "(no text in the answer)\n\n✅ 41 s · 3 turns · $0.06 · 21k in / 1.1k out"],
  [
    "with its tools folded",
    [text("Fine."), tool("1", "Bash", "ls"), ok("1")],
    DONE,
    "Fine.\n\n🔧 Bash ls\n\n✅ 41 s · 3 turns · $0.06 · 21k in / 1.1k out",
  ],
  [
    "with what it has left behind",
    [text("Up.")],
    { kind: "done", usage: { durationMs: 2_000, exitCode: 0, leftBehind: 2 } },
    "Up.\n\n✅ exit 0 · 2.0 s · 2 processes left behind were ended",
  ],
  ["stopped", [text("Half")], { kind: "cancelled", by: "Ada" }, `Half\n\n⏹ Stopped${byWhom("Ada", 0)}`],
  [
    "failed",
    [text("Half")],
    {
      kind: "failed",
      failure: { code: "crashed", message: "It crashed.", hint: "Try /retry.", detail: "exit code 3" },
    },
    "Half\n\n❌ It crashed.\nTry /retry.\nexit code 3",
  ],
  [
    "failed, with a detail that begins as the message says",
    [],
    {
      kind: "failed",
      failure: { code: "crashed", message: "It failed (exit code 3).", detail: "exit code 3\nno luck" },
    },
    "❌ It failed (exit code 3).\nno luck",
  ],
  [
    "failed, with a detail that is all in the message",
    [],
    {
      kind: "failed",
      failure: { code: "crashed", message: "It failed (exit code 3).", detail: "exit code 3" },
    },
    "❌ It failed (exit code 3).",
  ],
];

for (const [what, events, ending, shown] of ENDINGS) {
  test(`at the end: ${what}`, () => {
    const { parts, file } = renderFinal(viewOf(events), ending, LIMITS);
    assert.deepEqual(
      parts.map((part) => part.text),
      [shown],
    );
    assert.equal(file, undefined);
  });
}

const FOOTERS: readonly (readonly [usage: Partial<Usage>, shown: string])[] = [
  [{}, "✅ 41 s"],
  [{ costUsd: 0, inputTokens: 3, outputTokens: 0 }, "✅ 41 s · 3 in / 0 out"],
  [{ turns: 1 }, "✅ 41 s"],
  [{ turns: 2 }, "✅ 41 s · 2 turns"],
  [{ costUsd: 0.0042 }, "✅ 41 s · $0.0042"],
  [{ costUsd: 12.5 }, "✅ 41 s · $12.50"],
  [{ contextTokens: 46_000 }, "✅ 41 s"],
  [{ contextTokens: 46_000, contextWindow: 200_000 }, "✅ 41 s · context 23 %"],
  [{ contextTokens: 158_000, contextWindow: 200_000 }, "✅ 41 s · context 79 %"],
  [{ contextTokens: 160_000, contextWindow: 200_000 }, "✅ 41 s · context 80 %: /new soon"],
  [{ contextTokens: 210_000, contextWindow: 200_000 }, "✅ 41 s · context 105 %: /new soon"],
];

for (const [usage, shown] of FOOTERS) {
  test(`the line below an answer: ${JSON.stringify(usage)}`, () => {
    const ending: Ending = { kind: "done", usage: { durationMs: 41_234, ...usage } };
    const [part] = renderFinal(viewOf([text("Fine.")]), ending, LIMITS).parts;
    assert.equal(part?.text, `Fine.\n\n${shown}`);
  });
}

test("a shell's output is shown as it is, with its exit code", () => {
  const view = viewOf([text("a  *b*\n  c\n")], "raw");
  const [part] = renderFinal(view, { kind: "done", usage: { durationMs: 40, exitCode: 2 } }, LIMITS).parts;
  assert.deepEqual(part, {
    text: "a  *b*\n  c\n\n❌ exit 2 · 0.0 s",
    entities: [{ type: "pre", offset: 0, length: 10 }],
  });
});

test("an answer that grows beyond four messages keeps its beginning and follows its end", () => {
  const lines = Array.from({ length: 3_000 }, (_, index) => `line number ${index}\n`);
  const view = viewOf(lines.map((line) => text(line)));
  const parts = renderRunning(view, 0, LIMITS);
  assert.equal(parts.length, 4);
  assert.ok(parts[0]?.text.startsWith("line number 0"));
  assert.match(parts[3]?.text ?? "", /^… \(\d+k characters so far\)\n\n[\s\S]*line number 2999\n\n⏳/);
  assert.ok(parts.every((part) => part.text.length <= 4096));
});

test("a long answer is its beginning and a file; where no file can go, both ends are shown and the whole stays on the disk", (t) => {
  const words = Array.from({ length: 4_000 }, (_, index) => `word${index}`).join(" ");
  const folder = mkdtempSync(join(tmpdir(), "nanogent-render-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const view = viewOf([text(words), tool("1", "Bash", "ls"), ok("1")], "markdown", join(folder, "spool"));
  const { parts, file } = renderFinal(view, DONE, LIMITS);
  assert.equal(parts.length, 1);
  assert.ok((parts[0]?.text.length ?? 0) <= 4096);
  assert.match(parts[0]?.text ?? "", /^word0 [\s\S]*The whole answer is in the file below\.\n\n✅/);
  assert.equal(file?.name, "answer.md");
  assert.equal(Buffer.from(file?.bytes ?? []).toString(), `${words}\n\n---\n\n🔧 Bash ls\n`);
  const inMessages = file?.instead.map((part) => part.text) ?? [];
  view.text.keep();
  assert.match(
    inMessages.join(" "),
    /^word0 [\s\S]*word3000[\s\S]*all of them are in .*spool\)[\s\S]*word3999\n\n✅/,
  );
  view.text.close();
  assert.equal(readFileSync(join(folder, "spool"), "utf8"), words);
});

test("an answer whose file could not be written says that it is cut off", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "nanogent-render-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const view = viewOf([text("word ".repeat(20_000))], "markdown", join(folder, "removed", "spool"));
  const { parts, file } = renderFinal(view, DONE, LIMITS);
  assert.match(
    parts[0]?.text ?? "",
    /\n\nThe file below holds only the beginning of the answer: [^\n]* disk\.\n\n✅/,
  );
  assert.ok((file?.bytes.length ?? 0) > 30_000);
});
