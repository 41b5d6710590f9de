import assert from "node:assert/strict";
import test from "node:test";
import type { PermissionMode, Sandbox } from "../../../src/agents/agent.ts";
import { threadParams } from "../../../src/agents/codex/protocol.ts";

const CASES: readonly [PermissionMode, Sandbox | undefined, sandbox: Sandbox][] = [
  ["skip", undefined, "danger-full-access"],
  ["skip", "read-only", "read-only"],
  ["ask", "danger-full-access", "danger-full-access"],
  // Nobody is asked there, so nothing may be changed.
  ["plan", "danger-full-access", "read-only"],
];

for (const [permissions, chosen, sandbox] of CASES) {
  test(`the sandbox of ${permissions} with ${chosen ?? "none"} chosen is ${sandbox}`, () => {
    const params = threadParams({ cwd: "/", permissions, ...(chosen && { sandbox: chosen }) }, {});
    assert.equal(params.sandbox, sandbox);
  });
}
