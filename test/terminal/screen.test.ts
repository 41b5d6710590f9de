import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { Screen } from "../../src/terminal/screen.ts";
import { linesOf } from "./held.ts";
import { fresh, SIZE, sameAfter, seen } from "./same-screen.ts";

test("a snapshot shows the same in an empty terminal, and goes on the same", async () => {
  const many = Array.from({ length: 300 }, (_, index) => `line ${index}`).join("\r\n");
  const cases: readonly (readonly [what: string, output: string, afterwards?: string])[] = [
    ["plain text", "hello\r\nworld"],
    ["scrollback", many, "\r\nmore"],
    ["a line longer than the screen", "x".repeat(55), "y"],
    ["a full line, not yet wrapped", "x".repeat(20), "y"],
    ["wide characters", "日本語テキスト日本語テキスト\r\n한국어", "界"],
    ["combining and joined characters", "e\u0301 a\u0308 👩‍👩‍👧 🇩🇪 ก็", "x"],
    ["colours", "\x1b[31mred\x1b[42m on green\x1b[m \x1b[38;5;200mpalette\x1b[38;2;1;2;3m true", "still"],
    ["bold, inverse, underline", "\x1b[1mbold\x1b[7minverse\x1b[0;4mline", "on"],
    ["the alternate screen", `${many}\x1b[?1049h\x1b[2;3Hfull screen`, "\x1b[?1049lback"],
    ["the cursor in the middle", "a\r\nb\r\nc\x1b[2;5H", "X"],
    ["a hidden cursor", "\x1b[?25l", "x"],
    ["application cursor and keypad", "\x1b[?1h\x1b=", "x"],
    ["bracketed paste and focus", "\x1b[?2004h\x1b[?1004h"],
    ["mouse modes", "\x1b[?1002h\x1b[?1006h"],
    ["insert mode", "abc\x1b[4h\r", "X"],
    ["no wrapping", "\x1b[?7l", "x".repeat(30)],
    ["a scrolling region", `${many}\x1b[2;4r\x1b[4;1Hlast`, "\r\nnew\r\nnewer"],
    ["a region with origin mode", "\x1b[2;4r\x1b[?6h\x1b[2;2H", "X\x1b[1;1HY"],
    ["a region that is gone again", "\x1b[2;4r\x1b[r\x1b[6;1H", "a\r\nb"],
    ["a reset", "\x1b[?25l\x1b[?1002h\x1b[2;4r\x1bcx", "\r\n1\r\n2\r\n3\r\n4\r\n5\r\n6"],
  ];
  for (const [, output, afterwards] of cases) await sameAfter(output, afterwards);
});

test("title, hidden cursor, its shape and how the mouse is told are in a snapshot as well", async () => {
  const screen = new Screen(SIZE);
  screen.write(Buffer.from("\x1b]0;old\x07\x1b]2;vim – a.ts\x07\x1b[?25l\x1b[5 q\x1b[?1000h\x1b[?1006h"));
  const { bytes } = await screen.snapshot();
  assert.equal(screen.title, "vim – a.ts");
  for (const part of ["\x1b]2;vim – a.ts\x07", "\x1b[?25l", "\x1b[5 q", "\x1b[?1006h"])
    assert.ok(bytes.toString().includes(part), JSON.stringify([part, bytes.toString()]));
  const copy = new Screen(SIZE);
  copy.write(bytes);
  assert.equal((await copy.snapshot()).bytes.toString(), bytes.toString());
  assert.deepEqual([copy.title, copy.cursorHidden], ["vim – a.ts", true]);
  screen.write(Buffer.from("\x1b[?1006l\x1b[?25h\x1b[0 q"));
  assert.doesNotMatch((await screen.snapshot()).bytes.toString(), /1006|\?25l| q/);
});

test("a snapshot is of the moment when it is asked for, in the size of then", async () => {
  const screen = new Screen(SIZE);
  screen.write(Buffer.from("first"));
  const before = screen.snapshot();
  screen.resize(30, 8);
  screen.write(Buffer.from(" second"));
  const after = screen.snapshot();
  assert.deepEqual(
    { ...(await before), bytes: (await before).bytes.toString() },
    { bytes: "first", ...SIZE },
  );
  const { bytes, ...size } = await after;
  assert.deepEqual([bytes.toString(), size], ["first second", { columns: 30, rows: 8 }]);
});

test("what a program asks is answered once, in order, and the bell is heard", async () => {
  const answers: string[] = [];
  let bells = 0;
  const screen = new Screen({
    ...SIZE,
    onAnswer: (bytes) => answers.push(bytes.toString()),
    onBell: () => {
      bells += 1;
    },
  });
  screen.write(Buffer.from("ab\x1b[6n\x07\x1b[5n\x07"));
  await screen.settled();
  assert.deepEqual([answers, bells], [["\x1b[1;3R", "\x1b[0n"], 2]);
});

test("a flood shows the same as without leaving anything out", async () => {
  const flood = (lines: number, from = 0): string =>
    Array.from(
      { length: lines },
      (_, index) => `${from + index} the quick brown fox${"-".repeat(index % 37)}\r\n`,
    ).join("");
  const cases = [
    flood(20_000),
    `\x1b[31mred\r\n${flood(12_000)}\x1b[m${flood(11_000, 5)}end`,
    flood(9_000).replaceAll("\r\n", "\n"),
    `${flood(9_000)}no end of the line`,
    `日本${flood(8_000)}é\r\n${flood(8_000)}`,
    `\x1b[2;4r${flood(9_000)}`,
    `\x1b[?1049h${flood(9_000)}`,
    `\x1b)0\x0e${flood(6_000)}\x0f${flood(6_000)}`,
    flood(12_000).replaceAll("quick", "\x1b[1;31mquick\x1b[m"),
    flood(12_000).replaceAll("quick", "\x1b[38;5;200mquick").replaceAll("fox", "\x1b[44mfox\x1b[39m"),
    `\x1b[4m${flood(7_000)}\x1b[45m${flood(7_000)}\x1b[0;1m${flood(3_000)}`,
    `here\x1b[2A\x1b[43m${flood(9_000)}`,
  ];
  for (const output of cases) {
    const screen = new Screen(SIZE);
    screen.write(Buffer.from(output));
    await screen.settled();
    assert.deepEqual(seen(screen.terminal), seen(await fresh(Buffer.from(output))), output.slice(0, 40));
    assert.ok(linesOf(screen.terminal).length > 0);
    screen.dispose();
  }
});

test("any sequence of what programs do gives a true snapshot", { timeout: 120_000 }, async () => {
  const piece = fc.oneof(
    fc.constantFrom(..."aZ 日é界", "\r\n", "\r", "\n", "\t", "\b", "e\u0301"),
    fc.constantFrom("\x1b[?1049h", "\x1b[?1049l", "\x1b[H", "\x1b[2J", "\x1b[K", "\x1b[J"),
    fc.constantFrom(
      "\x1b[31m",
      "\x1b[44m",
      "\x1b[1m",
      "\x1b[7m",
      "\x1b[m",
      "\x1b[?25l",
      "\x1b[?25h",
      "\x1b[L",
      "\x1b[M",
    ),
    fc
      .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 20 }))
      .map(([row, column]) => `\x1b[${row};${column}H`),
    fc.integer({ min: 1, max: 45 }).map((length) => "w".repeat(length)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 60 }), async (pieces) => {
      const screen = new Screen(SIZE);
      screen.write(Buffer.from(pieces.join("")));
      const { bytes } = await screen.snapshot();
      const copy = await fresh(bytes);
      assert.deepEqual(linesOf(copy), linesOf(screen.terminal));
      screen.dispose();
      copy.dispose();
    }),
    { numRuns: 300 },
  );
});
