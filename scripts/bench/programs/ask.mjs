// An agent that asks for a permission as soon as it has a prompt, and tells when it asked and when it read the answer, in
// nanoseconds on CLOCK_MONOTONIC.
import { writeSync } from "node:fs";
import { createInterface } from "node:readline";

createInterface(process.stdin).on("line", (text) => {
  const { type } = JSON.parse(text);
  if (type === "user") ask();
  if (type === "control_response") end(`READ${process.hrtime.bigint()}`);
});

function ask() {
  write({ type: "system", subtype: "init", session_id: "bench", model: "bench" });
  const input = { command: `npm test ASKED${process.hrtime.bigint()}` };
  const request = { subtype: "can_use_tool", tool_name: "Bash", input, tool_use_id: "toolu_1" };
  write({ type: "control_request", request_id: "req_1", request });
}

function end(result) {
  write({ type: "result", subtype: "success", is_error: false, result, session_id: "bench" });
  process.exit(0);
}

function write(message) {
  writeSync(1, `${JSON.stringify(message)}\n`);
}
