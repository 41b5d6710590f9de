import assert from "node:assert/strict";
import test from "node:test";
import { isClaudeRecord } from "../../../src/terminal/claude/record.ts";

test("what is kept of Claude Code in a terminal is taken only when it is whole", () => {
  const messages = [{ chatId: -7, messageId: 3 }];
  const notice = { kind: "permission", request: "0123456789abcdef", messages };
  const secret = "ab".repeat(24);
  const cases: readonly [value: unknown, taken: boolean][] = [
    [{ secret, notices: [] }, true],
    [{ secret, notices: [notice, { ...notice, kind: "finished", request: "" }] }, true],
    [{ secret: "", notices: [] }, false],
    [{ secret: "../x", notices: [] }, false],
    [{ secret }, false],
    [{ secret, notices: [{ ...notice, kind: "other" }] }, false],
    [{ secret, notices: [{ ...notice, request: "a:b" }] }, false],
    [{ secret, notices: [{ ...notice, messages: [{ chatId: "7", messageId: 3 }] }] }, false],
    [{ secret, notices: [{ ...notice, messages: undefined }] }, false],
    [undefined, false],
    ["x", false],
  ];
  for (const [value, taken] of cases) assert.equal(isClaudeRecord(value), taken, JSON.stringify(value));
});
