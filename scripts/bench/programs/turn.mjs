// An agent that answers each prompt with some text and a few tools.

import { randomUUID } from "node:crypto";
import { writeSync } from "node:fs";

write({ type: "system", subtype: "init", session_id: randomUUID(), model: "bench" });
stream({ type: "message_start", message: { id: "msg_1" } });
stream({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } });
for (let word = 0; word < 400; word += 1) {
  stream({
    type: "content_block_delta",
    index: 0,
    delta: { type: "text_delta", text: `word ${word} and **more** ` },
  });
}
for (let tool = 0; tool < 10; tool += 1) {
  const id = `toolu_${tool}`;
  const use = { type: "tool_use", id, name: "Bash", input: { command: `npm test -- ${tool}` } };
  const result = { type: "tool_result", tool_use_id: id, content: "ok\n".repeat(2_000) };
  write({ type: "assistant", message: { id: "msg_2", content: [use] }, parent_tool_use_id: null });
  write({ type: "user", message: { content: [result] }, parent_tool_use_id: null });
}
write({ type: "result", subtype: "success", is_error: false, result: "", session_id: "bench" });

function stream(event) {
  write({ type: "stream_event", event, session_id: "bench", parent_tool_use_id: null });
}

function write(message) {
  writeSync(1, `${JSON.stringify(message)}\n`);
}
