import { deflateSync } from "node:zlib";
import headless, { type Terminal } from "@xterm/headless";
import { drawScreen } from "../../src/terminal/picture/draw-screen.ts";
import { paint } from "../../src/terminal/picture/paint.ts";
import { readScreen } from "../../src/terminal/picture/screen.ts";
import { type Bench, interleave, monotonic, type Row, toRow } from "./measure.ts";

const SCREENS = [
  { columns: 80, rows: 24, isTrueColour: false, atMost: 20 },
  { columns: 200, rows: 50, isTrueColour: false, atMost: 80 },
  { columns: 80, rows: 24, isTrueColour: true },
  { columns: 200, rows: 50, isTrueColour: true },
];

/** A full screen to a PNG, next to packing its bare pixels. */
export const picture: Bench = async ({ quick }) => {
  const rows: Row[] = [];
  for (const { columns, rows: lines, isTrueColour, atMost } of SCREENS) {
    const terminal = await fullTerminal(columns, lines, isTrueColour);
    const { pixels } = paint(readScreen(terminal));
    const [values = [], bare = []] = await interleave(quick ? 2 : 40, [
      () => timeOf(() => drawScreen(terminal)),
      () => timeOf(() => deflateSync(pixels, { level: 5 })),
    ]);
    terminal.dispose();
    const what = `${columns}x${lines}${isTrueColour ? " of 1,000s of colours" : ""}`;
    const baseline = { what: "deflate alone", values: bare };
    const target = atMost === undefined ? {} : { target: { of: "value", atMost } as const };
    rows.push(toRow({ bench: "picture", what, unit: "ms", values, baseline, ...target }));
  }
  return rows;
};

function timeOf(work: () => unknown): number {
  const began = monotonic();
  work();
  return monotonic() - began;
}

/** Four of five cells have a character, as in a listing of files. */
function fullTerminal(columns: number, rows: number, isTrueColour: boolean): Promise<Terminal> {
  const terminal = new headless.Terminal({ cols: columns, rows, allowProposedApi: true });
  const cells = Array.from({ length: columns * rows - 1 }, (_, index) => {
    const colour = isTrueColour
      ? `38;2;${index % 256};${(index >> 4) % 256};99`
      : `${30 + ((index >> 5) % 8)}`;
    const character = index % 5 === 4 ? " " : String.fromCharCode(33 + ((index * 31) % 94));
    return `\x1b[${colour}m${character}`;
  });
  return new Promise((resolve) => terminal.write(cells.join(""), () => resolve(terminal)));
}
