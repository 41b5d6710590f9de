import assert from "node:assert/strict";
import test from "node:test";
import type { FailureCode } from "../../../src/agents/agent.ts";
import { crashFailure, resultFailure } from "../../../src/agents/claude/errors.ts";

// What the program says, as seen by running it against a model that fails.
const CASES: [result: Record<string, unknown>, code: FailureCode, message?: string][] = [
  [{ result: "Not logged in · Please run /login" }, "auth"],
  [{ result: "Invalid API key · Fix external API key", api_error_status: 401 }, "auth"],
  [{ result: 'Failed to authenticate. API Error: 403 {"error":"x"}', api_error_status: 403 }, "auth"],
  [{ result: "API Error: 529 Overloaded. This is a server-side issue", api_error_status: 529 }, "overloaded"],
  [
    { result: "API Error: Request rejected (429) · too_many", api_error_status: 429 },
    "rate-limit",
    "The account's limit is used up for now.",
  ],
  [
    { result: "You've hit your session limit · resets 3pm (Europe/Berlin)" },
    "rate-limit",
    "The account's limit is used up for now; it resets 3pm (Europe/Berlin).",
  ],
  [
    { result: "Claude AI usage limit reached|1735689600" },
    "rate-limit",
    "The account's limit is used up for now; it resets at 2025-01-01T00:00Z.",
  ],
  [{ result: "Credit balance is too low" }, "rate-limit"],
  [{ result: "Prompt is too long · the request is ~205000 tokens", api_error_status: 400 }, "context"],
  [{ result: "API Error: Unable to connect to API (ConnectionRefused)", api_error_status: null }, "network"],
  [{ result: "API Error: Connection error." }, "network"],
  [{ result: "Request timed out. Check your internet connection and proxy settings" }, "network"],
  [
    { result: "There's an issue with the selected model (x). It may not exist", api_error_status: 404 },
    "config",
  ],
  [
    { subtype: "error_during_execution", errors: ["No conversation found with session ID: 1111"] },
    "no-session",
  ],
  [
    {
      subtype: "error_during_execution",
      errors: ["Error: --resume requires a valid session ID or session title"],
    },
    "no-session",
  ],
  [{ subtype: "error_max_turns" }, "error", "Claude Code stopped at its limit of steps for one prompt."],
  [{ result: "API Error: 500 oops\nmore", api_error_status: 500 }, "error", "API Error: 500 oops"],
  [{ subtype: "error_during_execution" }, "error", "Claude Code reported an error (error_during_execution)."],
];

test("a failure is known by its words or status, and keeps them", () => {
  for (const [result, code, message] of CASES) {
    const failure = resultFailure(result, "");
    assert.equal(failure.code, code, JSON.stringify(result));
    if (message !== undefined) assert.equal(failure.message, message);
    if (typeof result.result === "string") assert.equal(failure.raw, result.result);
  }
});

test("failure 15: an end without a result says how the program ended, and its last words", () => {
  const exit = { code: 3, signal: null };
  assert.deepEqual(crashFailure(exit, "boom"), {
    code: "crashed",
    message: "Claude Code ended without a result (exit code 3).",
    detail: "exit code 3\nboom",
  });
  assert.equal(crashFailure({ code: null, signal: "SIGSEGV" }, "").detail, "killed by SIGSEGV");
  assert.equal(crashFailure(exit, "error: unknown option '--nonsense'").code, "config");
});
