import assert from "node:assert/strict";
import test from "node:test";
import { toolError, toolSummary } from "../../src/agents/tool-summary.ts";

test("a tool's input in one line", () => {
  const cases: [input: Record<string, unknown>, summary: string][] = [
    [{ command: "npm test", description: "Run the tests" }, "npm test"],
    [{ command: "\n  cat <<EOF\n  text\nEOF" }, "cat <<EOF …"],
    [{ command: "printf 'a\tb'" }, "printf 'a b'"],
    [{ file_path: "/srv/project/src/a.ts", old_string: "x" }, "src/a.ts"],
    [{ file_path: "/srv/project" }, "/srv/project"],
    [{ file_path: "/etc/hosts" }, "/etc/hosts"],
    [{ file_path: "/srv/project-two/a.ts" }, "/srv/project-two/a.ts"],
    [{ file_path: "src/a.ts" }, "src/a.ts"],
    [{ notebook_path: "/srv/project/n.ipynb" }, "n.ipynb"],
    [{ pattern: "TODO", path: "/srv/project/src" }, "TODO"],
    [{ url: "https://example.org", prompt: "Read it" }, "https://example.org"],
    [{ description: "Look around", prompt: "Find all …", subagent_type: "Explore" }, "Look around"],
    [{ first: "", other: "told", third: "not" }, "told"],
    [{ todos: [] }, ""],
    [{ command: "x".repeat(130) }, `${"x".repeat(119)}…`],
    [{ command: `${"x".repeat(118)}😀😀` }, `${"x".repeat(118)}…`],
    [{ command: "x".repeat(120) }, "x".repeat(120)],
  ];
  for (const [input, summary] of cases) {
    assert.equal(toolSummary(input, "/srv/project"), summary);
  }
});

test("the first line of an error", () => {
  const cases: [text: string, error: string][] = [
    ["Exit code 3", "Exit code 3"],
    ["Exit code 3\nout\nerr", "Exit code 3 …"],
    ["<tool_use_error>File does not exist.</tool_use_error>", "File does not exist."],
    ["", ""],
  ];
  for (const [text, error] of cases) assert.equal(toolError(text), error);
});
