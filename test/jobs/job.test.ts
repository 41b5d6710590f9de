import assert from "node:assert/strict";
import test from "node:test";
import { promptOf, titleOf } from "../../src/jobs/job.ts";

const job = (texts: readonly string[], files: readonly string[] = []) => ({
  parts: texts.map((text, index) => ({ messageId: index + 1, text })),
  files,
});
const full = "x".repeat(4_096);

test("the parts of a prompt are put together as they were cut", () => {
  const cases: [name: string, texts: string[], prompt: string][] = [
    ["one", ["fix it"], "fix it"],
    ["cut at a blank", [`${full.slice(1)}`, "end"], `${full.slice(1)}\nend`],
    ["cut in a word", [full, "end"], `${full}end`],
    ["an album's caption", ["", "look", ""], "look"],
    ["two captions", ["one", "", "two"], "one\ntwo"],
    ["its own line ends", ["a\n", "b"], "a\n\nb"],
    ["nothing", [], ""],
  ];
  for (const [name, texts, prompt] of cases) assert.equal(promptOf(job(texts)), prompt, name);
});

test("files are named behind the text, or alone", () => {
  const list = "Files that were sent with this message:\n- .nanogent/uploads/1-a.png\n- b";
  const files = [".nanogent/uploads/1-a.png", "b"];
  assert.equal(promptOf(job(["look"], files)), `look\n\n${list}`);
  assert.equal(promptOf(job(["", ""], files)), list);
});

test("a title is the first words on one line, without half a character", () => {
  const cases: [texts: string[], length: number, title: string][] = [
    [["  fix\n\n it\t now "], 60, "fix it now"],
    [["0123456789"], 10, "0123456789"],
    [["01234567890"], 10, "012345678…"],
    [["01234567👩90"], 10, "01234567…"],
    [["0123456👩90"], 10, "0123456👩…"],
  ];
  for (const [texts, length, title] of cases) assert.equal(titleOf(job(texts), length), title);
  assert.equal(titleOf(job([full])).length, 60);
});
