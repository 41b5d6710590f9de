import assert from "node:assert/strict";
import test from "node:test";
import { claudeText } from "../../../src/agents/claude/text.ts";

type Text = ReturnType<typeof claudeText>;

const start = (id: string) => (text: Text) => text.streamEvent({ type: "message_start", message: { id } });
const block =
  (content = "") =>
  (text: Text) =>
    text.streamEvent({ type: "content_block_start", content_block: { type: "text", text: content } });
const thinking = (text: Text) =>
  text.streamEvent({ type: "content_block_start", content_block: { type: "thinking", thinking: "" } });
const delta = (piece: string) => (text: Text) =>
  text.streamEvent({ type: "content_block_delta", delta: { type: "text_delta", text: piece } });
const whole =
  (id: string, ...texts: string[]) =>
  (text: Text) =>
    text.message({ id, content: texts.map((one) => ({ type: "text", text: one })) });
const outcome = (said: string) => (text: Text) => text.outcome(said);

const LONG = "A long answer. ".repeat(50);

const CASES: [name: string, told: ((text: Text) => void)[], blocks: string[]][] = [
  [
    "deltas, then the whole",
    [start("m"), block(), delta("Hel"), delta("lo"), whole("m", "Hello")],
    ["Hello"],
  ],
  [
    "and the outcome",
    [start("m"), block(), delta("Hello"), whole("m", "Hello"), outcome("Hello\n")],
    ["Hello"],
  ],
  ["a long one, too", [start("m"), block(), delta(LONG), whole("m", LONG), outcome(LONG)], [LONG]],
  ["an older program: no deltas", [whole("m", "One"), whole("n", "Two"), outcome("Two")], ["One", "Two"]],
  [
    "deltas for one message only",
    [start("m"), block(), delta("One"), whole("m", "One"), whole("n", "Two")],
    ["One", "Two"],
  ],
  ["a stream that was cut off", [start("m"), block(), delta("Hel"), whole("m", "Hello")], ["Hello"]],
  ["a whole that differs", [start("m"), block(), delta("Helo"), whole("m", "Hello you")], ["Helo"]],
  [
    "two blocks, told whole at the end",
    [start("m"), block(), delta("One"), block(), delta("Two"), whole("m", "One", "Two")],
    ["One", "Two"],
  ],
  ["a text in the block's start", [start("m"), block("He"), delta("llo"), whole("m", "Hello")], ["Hello"]],
  ["empty blocks and thinking leave no gap", [start("m"), block(), thinking, block(), delta("One")], ["One"]],
  ["a local command", [outcome("Done.")], ["Done."]],
  [
    "an error after a part",
    [start("m"), block(), delta("Part"), outcome("API Error")],
    ["Part", "API Error"],
  ],
  ["an empty outcome", [start("m"), block(), delta("One"), whole("m", "One"), outcome("")], ["One"]],
];

test("each text is delivered once, whichever forms it comes in", () => {
  for (const [name, told, blocks] of CASES) {
    const got: string[] = [];
    const text = claudeText((piece, number) => {
      got[number] = (got[number] ?? "") + piece;
    });
    for (const tell of told) tell(text);
    assert.deepEqual(got, blocks, name);
  }
});
