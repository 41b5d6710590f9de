// An agent that says its time (nanoseconds on CLOCK_MONOTONIC) twice, each time when the last edit is long enough ago
// that the chat's pace allows the next one, and away from the edits that only show how time passes.
import { writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const PAUSES_MS = [2_800, 1_400];

write({ type: "system", subtype: "init", session_id: "bench", model: "bench" });
stream({ type: "message_start", message: { id: "msg_1" } });
stream({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } });
for (const pause of PAUSES_MS) {
  await sleep(pause);
  const text = `STAMP${process.hrtime.bigint()} `;
  stream({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } });
}
await sleep(100);
write({ type: "result", subtype: "success", is_error: false, result: "", session_id: "bench" });

function stream(event) {
  write({ type: "stream_event", event, session_id: "bench", parent_tool_use_id: null });
}

function write(message) {
  writeSync(1, `${JSON.stringify(message)}\n`);
}
