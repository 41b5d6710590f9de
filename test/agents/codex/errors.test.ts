import assert from "node:assert/strict";
import test from "node:test";
import { RpcError } from "../../../src/agents/codex/app-server.ts";
import { callFailure, crashFailure, turnFailure } from "../../../src/agents/codex/errors.ts";

test("a turn's error by its status, its kind or its words", () => {
  const http = (kind: string, httpStatusCode: number | null) => ({ [kind]: { httpStatusCode } });
  const cases: [code: string, info: unknown, message: string][] = [
    ["auth", http("httpConnectionFailed", 401), "unexpected status 401 Unauthorized"],
    ["auth", "unauthorized", "Your access token could not be refreshed."],
    ["auth", "other", "Missing environment variable: `KEY`."],
    ["rate-limit", http("responseTooManyFailedAttempts", 429), "exceeded retry limit"],
    ["rate-limit", "usageLimitExceeded", "You’ve hit your usage limit."],
    ["overloaded", http("responseStreamConnectionFailed", 529), "unexpected status 529"],
    ["overloaded", "serverOverloaded", "Selected model is at capacity."],
    ["context", "contextWindowExceeded", "Codex ran out of room"],
    ["config", "modelNotFound", "no such model"],
    ["network", http("responseStreamDisconnected", null), "stream disconnected before completion"],
    ["network", "other", "error sending request for url"],
    ["error", http("httpConnectionFailed", 418), "I am a teapot"],
    ["error", { brandNew: {} }, "Something new"],
    ["error", null, ""],
  ];
  for (const [code, codexErrorInfo, message] of cases) {
    const failure = turnFailure({ codexErrorInfo, message, additionalDetails: null });
    assert.equal(failure.code, code, message);
    assert.ok(failure.message.length > 0 && failure.raw?.includes("codexErrorInfo"));
  }
});

test("the service's own answer is not shown, the time to try again is", () => {
  const teapot = turnFailure({ message: 'unexpected status 418: {"error": "x"}\nmore' });
  assert.equal(teapot.message, "unexpected status 418:");
  const words = "You’ve hit your usage limit. Upgrade to Pro or try again at Dec 3rd, 2026 3:05 PM.";
  const limit = turnFailure({ codexErrorInfo: "usageLimitExceeded", message: words });
  assert.equal(limit.message, "The account's limit is used up for now; try again at Dec 3rd, 2026 3:05 PM.");
});

test("a refused call, and an end without a result", () => {
  const refused = (message: string) => callFailure(new RpcError("thread/resume", -32600, message)).code;
  assert.equal(refused("no rollout found for thread id 01a2"), "no-session");
  assert.equal(refused("invalid session id: nonsense"), "no-session");
  assert.equal(refused("something else"), "error");
  const crash = crashFailure({ code: null, signal: "SIGKILL" }, "\u001b[31mERROR\u001b[0m gone");
  assert.deepEqual(crash, {
    code: "crashed",
    message: "Codex ended without a result (killed by SIGKILL).",
    detail: "killed by SIGKILL\nERROR gone",
  });
});
