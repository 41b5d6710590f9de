import assert from "node:assert/strict";
import test from "node:test";
import { toolDetail } from "../../src/agents/tool-detail.ts";

const EDIT = { file_path: "/w/a.ts", old_string: "a\nb\nc\nd", new_string: "a\nB\nB2\nc\nd" };

test("what a tool would do, in full", () => {
  const cases: [tool: string, input: Record<string, unknown>, detail: string, language?: string][] = [
    ["Bash", { command: "rm -rf build\nmake", description: "Rebuild" }, "rm -rf build\nmake", "bash"],
    ["WebFetch", { url: "https://example.org/x", prompt: "p" }, "https://example.org/x"],
    ["Write", { file_path: "/w/a.txt", content: "one\ntwo\n" }, "/w/a.txt\n\none\ntwo\n"],
    ["Edit", EDIT, "--- /w/a.ts\n+++ /w/a.ts\n@@ @@\n a\n-b\n+B\n+B2\n c\n d", "diff"],
    [
      "Edit",
      { file_path: "/w/a", old_string: "x", new_string: "", replace_all: true },
      "--- /w/a\n+++ /w/a\n@@ every occurrence @@\n-x",
      "diff",
    ],
    [
      "Edit",
      { file_path: "/w/a", old_string: "x\n", new_string: "x\ny\n" },
      "--- /w/a\n+++ /w/a\n@@ @@\n x\n+y",
      "diff",
    ],
    [
      "MultiEdit",
      {
        file_path: "/w/a",
        edits: [
          { old_string: "1", new_string: "2" },
          { old_string: "3", new_string: "4" },
        ],
      },
      "--- /w/a\n+++ /w/a\n@@ @@\n-1\n+2\n@@ @@\n-3\n+4",
      "diff",
    ],
    ["mcp__x__y", { a: [1] }, '{\n  "a": [\n    1\n  ]\n}', "json"],
    ["Bash", { odd: 1 }, '{\n  "odd": 1\n}', "json"],
  ];
  for (const [tool, input, detail, language] of cases) {
    assert.deepEqual(toolDetail(tool, input), { detail, ...(language && { language }) }, tool);
  }
});
