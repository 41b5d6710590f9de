import assert from "node:assert/strict";
import test from "node:test";
import { parseClaudeLine } from "../../../src/agents/claude/line.ts";

const delta = (kind: string, rest = "") =>
  `{"type":"stream_event","event":{"type":"content_block_delta","index":12,"delta":{"type":"${kind}"${rest}}}}`;
const result = (length: number, type = "user") => ({
  type,
  message: {
    content: [{ type: "tool_result", content: "글".repeat(length), is_error: true, tool_use_id: "t" }],
  },
});

test("deltas that nobody sees are not even parsed", () => {
  for (const kind of ["input_json_delta", "thinking_delta", "signature_delta"]) {
    assert.equal(parseClaudeLine(Buffer.from(delta(kind, ',"x":1'))), undefined);
    assert.equal(parseClaudeLine(Buffer.from(delta(kind).slice(0, -3))), undefined, "told by its head");
  }
});

test("everything that looks only a little different is parsed", () => {
  const lines = [
    delta("text_delta", ',"text":"input_json_delta"'),
    delta("input_json_delta2"),
    ` ${delta("input_json_delta")}`,
    delta("input_json_delta").replace("12", '"12"'),
    delta("input_json_delta").replace("stream_event", "stream_event2"),
    "{}",
  ];
  for (const line of lines) assert.deepEqual(parseClaudeLine(Buffer.from(line)), JSON.parse(line), line);
});

test("of a long tool result the fields are kept and the texts cut; nothing else is cut", () => {
  const cut = parseClaudeLine(Buffer.from(JSON.stringify(result(100_000))));
  assert.deepEqual(cut, result(Math.floor(1_024 / 3)));
  for (const whole of [result(1_000), result(100_000, "assistant")]) {
    assert.deepEqual(parseClaudeLine(Buffer.from(JSON.stringify(whole))), whole);
  }
});

test("what is no object is an empty one, what is no JSON throws", () => {
  for (const line of ["null", "[]", "42", '"text"']) assert.deepEqual(parseClaudeLine(Buffer.from(line)), {});
  for (const line of ["{", "Warning", `{"type":"user",${"x".repeat(20_000)}`]) {
    assert.throws(() => parseClaudeLine(Buffer.from(line)), SyntaxError);
  }
});
