import assert from "node:assert/strict";
import test from "node:test";
import { plainOutput } from "../../src/agents/plain-output.ts";

const CASES: [name: string, output: string, text: string][] = [
  ["plain", "one\n\ttwo\n", "one\n\ttwo\n"],
  ["failure 5: characters of several bytes", "한글 👩‍👩‍👧 é\n", "한글 👩‍👩‍👧 é\n"],
  ["colours", "\x1b[1;31mred\x1b[0m \x1b[38;5;12mblue\x1b[m\n", "red blue\n"],
  ["cursor moves", "a\x1b[2K\x1b[1Gb\x1b[?25lc\x1b[2 qd", "abcd"],
  ["a title, ended by BEL or ST", "\x1b]0;title\x07a\x1b]2;title\x1b\\b", "ab"],
  ["a link", "\x1b]8;;https://example.org\x1b\\here\x1b]8;;\x1b\\", "here"],
  ["a picture", "\x1bPq#0;2;0;0;0~~\x1b\\after", "after"],
  ["short sequences", "\x1b(B\x1b=\x1b7a\x1b8\x1bMb", "ab"],
  ["control characters", "a\x07b\x08c\0d\x7fe\x85f", "abcdef"],
  ["Windows line ends", "a\r\nb\r\r\nc", "a\nb\nc"],
  ["a progress bar", "10%\r50%\r100%\r\ndone\n", "10%\n50%\n100%\ndone\n"],
  ["a carriage return at the end", "a\r", "a\n"],
  ["a lone escape at the end", "a\x1b", "a"],
  ["an unfinished title at the end", "a\x1b]0;tit", "a]0;tit"],
];

test("terminal output becomes plain text, in whatever pieces it comes", () => {
  for (const [name, output, text] of CASES) {
    const bytes = Buffer.from(output);
    for (const size of [1, 2, 3, 5, bytes.length]) {
      const plain = plainOutput();
      let got = "";
      for (let at = 0; at < bytes.length; at += size) got += plain.push(bytes.subarray(at, at + size));
      assert.equal(got + plain.end(), text, `${name}, ${size} bytes at a time`);
    }
  }
});

test("text is not held back", () => {
  const plain = plainOutput();
  assert.equal(plain.push(Buffer.from("no line end")), "no line end");
  assert.equal(plain.push(Buffer.from("한")), "한");
});

test("a sequence that never ends is let go", () => {
  const plain = plainOutput();
  let length = 0;
  for (let count = 0; count < 200; count += 1) {
    length += plain.push(Buffer.from(count === 0 ? "\x1b]0;" : "x".repeat(1_000))).length;
  }
  assert.ok(length > 100_000);
});
