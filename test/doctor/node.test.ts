import assert from "node:assert/strict";
import test from "node:test";
import { node } from "../../src/doctor/node.ts";

test("Node 20 and newer will do", () => {
  const cases: [version: string, state: string][] = [
    ["9.11.2", "fail"],
    ["18.20.4", "fail"],
    ["20.0.0", "pass"],
    ["22.1.0", "pass"],
    ["100.0.0", "pass"],
  ];
  for (const [version, state] of cases) assert.equal(node(version).state, state, version);
  assert.equal(node("18.20.4").fix, "Install Node 20 or newer: https://nodejs.org");
  assert.equal(node().words, `Node ${process.versions.node}`);
});
