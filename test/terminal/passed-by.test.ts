import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { withoutPassedBy } from "../../src/terminal/passed-by.ts";

const line = (count: number, text: string): string => `${text}\r\n`.repeat(count);

test("what nobody can see any more is left out, and the looks of what follows stay", () => {
  const cases: readonly (readonly [what: string, before: string, looks: string])[] = [
    ["plain text", line(9, "text"), ""],
    ["text that was coloured and is not any more", line(9, "\x1b[31mred\x1b[m"), "\x1b[m"],
    ["the same with a number", line(9, "\x1b[31mred\x1b[0m"), "\x1b[0m"],
    [
      "text that stays coloured",
      `${line(5, "\x1b[1mbold\x1b[m")}\x1b[4m\x1b[38;5;1mred\r\n`,
      "\x1b[m\x1b[4m\x1b[38;5;1m",
    ],
    [
      "colours that are taken back one by one",
      line(2, "\x1b[31mred\x1b[39m"),
      "\x1b[31m\x1b[39m\x1b[31m\x1b[39m",
    ],
    ["characters of two bytes that are no controls", line(9, "12 °C"), ""],
  ];
  for (const [what, before, looks] of cases) {
    const end = line(3, "end");
    const left = withoutPassedBy(Buffer.from(`${before}${end}`), 3);
    assert.equal(left.toString(), looks + end, what);
  }
});

test("nothing is left out before what does more than print", () => {
  for (const special of [
    "\x1b[H",
    "\x1b]2;title\x07",
    "\x1b[?25l",
    "\x07",
    "\x0e",
    "\u009b1m",
    "\x1b[31",
    "\x1b",
    "\xc2",
  ]) {
    const bytes = Buffer.from(`${line(9, "text")}${special}`, special === "\xc2" ? "latin1" : "utf8");
    const more = Buffer.concat([bytes, Buffer.from(line(9, "end"))]);
    assert.ok(withoutPassedBy(more, 20).equals(more), JSON.stringify(special));
    const early = Buffer.concat([bytes.subarray(line(9, "text").length), Buffer.from(line(99, "end"))]);
    assert.ok(withoutPassedBy(early, 3).equals(early), JSON.stringify(special));
  }
});

test("what is left is the end of what there was", () => {
  const piece = fc.constantFrom(
    "a",
    "日",
    "\x1b[31m",
    "\x1b[m",
    "\x1b[0m",
    "\r\n",
    "\n",
    "\r",
    "\t",
    "\x1b[K",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 200 }), fc.nat(5), (pieces, lines) => {
      const text = pieces.join("");
      const left = withoutPassedBy(Buffer.from(text), lines).toString();
      const looks = /^(?:\x1b\[\d*m)*/.exec(left)?.[0] ?? "";
      assert.ok(
        left === text || (text.endsWith(left.slice(looks.length)) && left.split("\r\n").length > lines),
      );
    }),
  );
});
