import assert from "node:assert/strict";
import test from "node:test";
import { changedPaths, fileDiff } from "../../../src/agents/codex/file-diff.ts";

test("each kind of change is a part of one diff", () => {
  const cases: [change: object, lines: string[]][] = [
    [
      { path: "/a", kind: { type: "add" }, diff: "one\n\ntwo\n" },
      ["--- /dev/null", "+++ /a", "@@ -0,0 +1,3 @@", "+one", "+", "+two"],
    ],
    [{ path: "/a", kind: { type: "add" }, diff: "" }, ["--- /dev/null", "+++ /a", "@@ -0,0 +0,0 @@"]],
    [
      { path: "/a", kind: { type: "delete" }, diff: "one" },
      ["--- /a", "+++ /dev/null", "@@ -1,1 +0,0 @@", "-one"],
    ],
    [
      { path: "/a", kind: { type: "update", move_path: null }, diff: "@@ -1 +1 @@\n-a\n+b\n" },
      ["--- /a", "+++ /a", "@@ -1 +1 @@", "-a", "+b"],
    ],
    [
      {
        path: "/a",
        kind: { type: "update", move_path: "/b" },
        diff: "@@ -1 +1 @@\n-a\n+b\n\n\nMoved to: /b",
      },
      ["--- /a", "+++ /b", "@@ -1 +1 @@", "-a", "+b"],
    ],
  ];
  for (const [change, lines] of cases) assert.equal(fileDiff([change]), lines.join("\n"));
  assert.equal(fileDiff(cases.map(([change]) => change)), cases.flatMap(([, lines]) => lines).join("\n"));
});

test("what is no change is no diff", () => {
  assert.equal(fileDiff(undefined), "");
  assert.deepEqual(changedPaths("x"), []);
  const moved = { path: "/a", kind: { type: "update", move_path: "/b" }, diff: "" };
  assert.deepEqual(changedPaths([moved, { path: "/c", kind: { type: "add" } }, 3]), ["/a", "/b", "/c"]);
});
