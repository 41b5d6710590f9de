// An agent that writes a long turn as stream-json, as fast as it is read. By bytes: about a quarter small deltas of the
// answer, of its thoughts and of tool inputs, some whole messages, and the rest tool results from 10 kB to 2 MB (each
// of which Claude Code writes twice into its line). Arguments: --bench-bytes N, --bench-mix mixed|deltas|results.
import { writeSync } from "node:fs";

const SESSION = "11111111-2222-4333-8444-555555555555";
const UUID = "0f8fad5b-d9cb-469f-a165-70867728950e";
// Stands where each batch has its own number, so that no id comes twice.
const NUMBER = "######";
const CODE =
  '  it("reads – and keeps – \\"quoted\\" words", () => {\n    const path = "C:\\\\temp";\t// ✓\n  });\n';

const bytes = Number(argument("--bench-bytes"));
const mix = argument("--bench-mix");

const batch = Buffer.from(makeBatch(mix));
const numbers = placesOf(batch, NUMBER);
writeAll(Buffer.from(line({ type: "system", subtype: "init", session_id: SESSION, model: "bench" })));
for (let count = 0; count * batch.length < bytes; count += 1) {
  for (const place of numbers) batch.write(String(count).padStart(NUMBER.length, "0"), place);
  writeAll(batch);
}
writeAll(
  Buffer.from(line({ type: "result", subtype: "success", is_error: false, result: "", session_id: SESSION })),
);

function makeBatch(mix) {
  const steps = Array.from({ length: 20 }, (_, step) => {
    const big = step === 0 ? 1_000_000 : step % 10 === 5 ? 150_000 : 10_000;
    const parts = { deltas: talk(step), results: result(step, big), mixed: talk(step) + result(step, big) };
    return parts[mix];
  });
  return steps.join("");
}

/** The model thinks, answers and calls a tool. */
function talk(step) {
  const message = `msg_${NUMBER}_${step}`;
  const tool = {
    type: "tool_use",
    id: `toolu_${NUMBER}_${step}`,
    name: "Bash",
    input: { command: "npm test" },
  };
  const text = Array.from({ length: 120 }, (_, index) => ` word${index}, and “more”`);
  return [
    event({ type: "message_start", message: { id: message, usage: { input_tokens: 10 } } }),
    ...block(
      0,
      { type: "thinking", thinking: "" },
      text.slice(0, 40).map((thinking) => ({ type: "thinking_delta", thinking })),
    ),
    ...block(
      1,
      { type: "text", text: "" },
      text.map((piece) => ({ type: "text_delta", text: piece })),
    ),
    whole(message, { type: "text", text: text.join("") }),
    ...block(
      2,
      tool,
      text.slice(0, 60).map((partial_json) => ({ type: "input_json_delta", partial_json })),
    ),
    whole(message, tool),
    event({ type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { output_tokens: 200 } }),
    event({ type: "message_stop" }),
  ].join("");
}

/** What the tool gave. */
function result(step, length) {
  const said = CODE.repeat(Math.ceil(length / CODE.length));
  const content = [
    { tool_use_id: `toolu_${NUMBER}_${step}`, type: "tool_result", content: said, is_error: false },
  ];
  return line({
    ...{
      type: "user",
      message: { role: "user", content },
      parent_tool_use_id: null,
      session_id: SESSION,
      uuid: UUID,
    },
    tool_use_result: { stdout: said, stderr: "", interrupted: false },
  });
}

function block(index, content_block, deltas) {
  return [
    event({ type: "content_block_start", index, content_block }),
    ...deltas.map((delta) => event({ type: "content_block_delta", index, delta })),
    event({ type: "content_block_stop", index }),
  ];
}

function whole(id, content) {
  const message = { id, type: "message", role: "assistant", model: "bench", content: [content] };
  return line({ type: "assistant", message, parent_tool_use_id: null, session_id: SESSION, uuid: UUID });
}

function event(event) {
  return line({ type: "stream_event", event, session_id: SESSION, parent_tool_use_id: null, uuid: UUID });
}

function line(message) {
  return `${JSON.stringify(message)}\n`;
}

function argument(flag) {
  return process.argv[process.argv.indexOf(flag) + 1];
}

function placesOf(buffer, text) {
  const places = [];
  for (let at = buffer.indexOf(text); at >= 0; at = buffer.indexOf(text, at + 1)) places.push(at);
  return places;
}

function writeAll(buffer) {
  for (let at = 0; at < buffer.length; ) at += writeSync(1, buffer, at);
}
