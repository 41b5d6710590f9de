import assert from "node:assert/strict";
import test from "node:test";
import { controlLines } from "../../../src/terminal/tmux/control-lines.ts";
import { endMark } from "../../../src/terminal/tmux/end-mark.ts";
import { word } from "../../../src/terminal/tmux/server.ts";

/** As tmux 3.3a has written it. */
const STREAM = [
  "%begin 1 270 0\n%end 1 270 0\n%session-changed $0 term-1\n",
  "%output %0 30 100\\015\\012\n",
  "%output %0 é \\033[1m\\134\n",
  "%begin 1 274 1\n%output %0 not output\n%end 1 999 1\n%end 1 274 1\n",
  "%output %0 \n",
  "%error 1 275 1\n%begin 1 275 1\nno such thing\n%error 1 275 1\n",
  "%layout-change @0 a87d\n%output %0 last\n",
].join("");

test("output and answers come in their order, wherever the stream is cut", () => {
  const bytes = Buffer.from(STREAM);
  const read = (cuts: readonly number[]): string[] => {
    const got: string[] = [];
    const push = controlLines({
      attached: () => got.push("attached"),
      output: (output) => {
        if (got.at(-1)?.startsWith("out ")) got[got.length - 1] += output.toString("latin1");
        else got.push(`out ${output.toString("latin1")}`);
      },
      reply: (lines, failed) => got.push(`${failed ? "failed" : "answer"} ${lines.join("|")}`),
    });
    const ends = [...cuts, bytes.length];
    for (const [index, end] of ends.entries()) push(bytes.subarray(ends[index - 1] ?? 0, end));
    return got;
  };
  const whole = [
    "attached",
    `out 30 100\r\n${Buffer.from("é").toString("latin1")} \x1b[1m\\`,
    "answer %output %0 not output|%end 1 999 1",
    "failed no such thing",
    "out last",
  ];
  assert.deepEqual(read([]), whole);
  for (let cut = 1; cut < bytes.length; cut++) assert.deepEqual(read([cut]), whole, String(cut));
  assert.deepEqual(read(Array.from({ length: bytes.length - 1 }, (_, index) => index + 1)), whole);
});

test("the mark of the end is taken out, wherever the output is cut, and nothing else is", () => {
  const output = Buffer.from("\x1b[31mlast\x1b]7717;other;1\x07\x1b\x1b]7717;abc;12\x07");
  const shown = "\x1b[31mlast\x1b]7717;other;1\x07\x1b";
  for (let cut = 0; cut <= output.length; cut++) {
    const mark = endMark("abc");
    const parts = [mark.push(output.subarray(0, cut)), mark.push(output.subarray(cut))];
    assert.equal(Buffer.concat(parts.map(({ bytes }) => bytes)).toString(), shown, String(cut));
    assert.deepEqual(
      parts.flatMap(({ code }) => (code === undefined ? [] : [code])),
      [12],
      String(cut),
    );
  }
});

test("a word for tmux is one word", () => {
  const cases: readonly [string, string][] = [
    ["plain #{x} $HOME ; ~", "'plain #{x} $HOME ; ~'"],
    ["it's", "'it'\\''s'"],
    ["a\nb\r\0c", `'a'"\\n"'b'"\\r"'c'`],
  ];
  for (const [text, quoted] of cases) assert.equal(word(text), quoted);
});
