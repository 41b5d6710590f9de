import assert from "node:assert/strict";
import { test } from "node:test";
import headless from "@xterm/headless";
import fc from "fast-check";
import { drawScreen } from "../../src/terminal/picture/draw-screen.ts";
import { look } from "../terminal/picture/seen.ts";

const parameter = fc.oneof(fc.integer({ min: 0, max: 120 }), fc.constantFrom(38, 48, 58, 2, 5, 255, 256));
const sequence = fc
  .tuple(
    fc.constantFrom("", "?", ">", "4:"),
    fc.array(parameter, { maxLength: 6 }),
    fc.constantFrom(..."mmmmmHJKABCDLMPSTXhlr@"),
  )
  .map(([prefix, parameters, end]) => `\x1b[${prefix}${parameters.join(";")}${end}`);
const codePoint = fc
  .oneof(
    fc.integer({ min: 0, max: 0x10ffff }),
    fc.integer({ min: 0x2500, max: 0x259f }),
    fc.integer({ min: 0x300, max: 0x36f }),
  )
  .map((code) => String.fromCodePoint(code));
const output = fc.array(
  fc.oneof(
    sequence,
    codePoint,
    fc.string(),
    fc.constantFrom("日", "👩‍👩‍👧", "\r\n", "\t", "\x1b7", "\x1b8", "\x1b[4 q", "\x1b[6 q"),
  ),
  {
    maxLength: 80,
  },
);
const size = fc.record({ cols: fc.integer({ min: 2, max: 30 }), rows: fc.integer({ min: 1, max: 8 }) });

test("whatever a program writes, there is a picture of the whole screen", async () => {
  await fc.assert(
    fc.asyncProperty(size, output, size, async (before, texts, after) => {
      const terminal = new headless.Terminal({ ...before, allowProposedApi: true });
      await new Promise<void>((resolve) => terminal.write(texts.join(""), resolve));
      for (const { cols, rows } of [before, after]) {
        terminal.resize(cols, rows);
        const picture = look(drawScreen(terminal));
        assert.deepEqual([picture.width, picture.height], [cols * 16 + 32, rows * 32 + 32]);
      }
      terminal.dispose();
    }),
    { numRuns: 200 },
  );
});
