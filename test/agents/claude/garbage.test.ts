import assert from "node:assert/strict";
import test from "node:test";
import type { AgentEvent } from "../../../src/agents/agent.ts";
import { claudeEvents } from "../../../src/agents/claude/events.ts";
import { claudeStream } from "../../../src/agents/claude/stream.ts";
import { keepLog } from "../turns.ts";

/** What comes of one line: events, answers on stdin, and lines in the log. */
function take(...lines: readonly string[]) {
  const events: AgentEvent[] = [];
  const sent: unknown[] = [];
  const log = keepLog();
  const listener = claudeEvents({
    cwd: "/",
    emit: (event) => void events.push(event),
    send: (message) => void sent.push(message.response),
    onCommands: () => {},
    onResult: () => {},
    onUserMessage: () => {},
    onGrant: () => {},
    trusted: () => false,
    log,
  });
  const line = claudeStream(listener, log);
  for (const each of lines) line(Buffer.from(each));
  return { kinds: events.map(({ kind }) => kind), sent, logged: log.lines.map(({ event }) => event) };
}

const request = (input: string): string =>
  `{"type":"control_request","request_id":"1","request":{"subtype":"can_use_tool","tool_name":"X","input":${input}}}`;
const DEEP = `{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}`;
const DENIED = {
  subtype: "success",
  request_id: "1",
  response: { behavior: "deny", message: "nanogent cannot show this request.", interrupt: false },
};

test("a request that cannot be shown is denied at once, and said to be off where it was shown before", () => {
  assert.deepEqual(take(request(DEEP)), {
    kinds: [],
    sent: [DENIED],
    logged: ["agent line not handled"],
  });
  assert.deepEqual(take(request("{}"), request(DEEP)), {
    kinds: ["request", "request-void"],
    sent: [DENIED],
    logged: ["agent line not handled"],
  });
});

test("a request of no readable kind is answered, and one without an id is only logged", () => {
  const odd = take('{"type":"control_request","request_id":"1","request":{"subtype":{"toString":1}}}');
  const error = 'nanogent does not handle requests of the kind "unknown"';
  assert.deepEqual(odd.sent, [{ subtype: "error", request_id: "1", error }]);
  assert.deepEqual(take('{"type":"control_request"}'), {
    kinds: [],
    sent: [],
    logged: ["agent asked without an id"],
  });
});

test("what is no message is logged; kinds of a later version are not", () => {
  for (const line of ["7", "null", "[]", '"x"', "{}", '{"type":7}']) {
    assert.deepEqual(take(line).logged, ["agent wrote a line without a type"], line);
  }
  assert.deepEqual(take('{"type":"later"}').logged, []);
});
