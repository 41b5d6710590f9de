import headless, { type Terminal } from "@xterm/headless";
import { decode } from "fast-png";
import { drawScreen } from "../../../src/terminal/picture/draw-screen.ts";

/** A picture, as a decoder that shares nothing with the encoder sees it (fast-png brings its own inflate). */
export interface Seen {
  readonly width: number;
  readonly height: number;
  readonly isIndexed: boolean;
  readonly bytes: number;
  /** 0xRRGGBB. */
  at(x: number, y: number): number;
  /** The colour of most pixels of a cell. */
  background(column: number, row: number): number;
  /** The colours of a cell, the most frequent first. */
  colours(column: number, row: number): number[];
  /** The 32 rows of a cell (or of several side by side): `#` where it is not its background. */
  shape(column: number, row: number, cells?: number): string[];
}

/** A terminal that has been told this. */
export function terminalWith(
  text: string,
  size: { columns?: number; rows?: number } = {},
): Promise<Terminal> {
  const terminal = new headless.Terminal({
    cols: size.columns ?? 20,
    rows: size.rows ?? 4,
    allowProposedApi: true,
  });
  return new Promise((resolve) => terminal.write(text, () => resolve(terminal)));
}

/** Draws a screen, without its cursor unless the text brings it back, and looks at the picture. */
export async function draw(text: string, size: { columns?: number; rows?: number } = {}): Promise<Seen> {
  return look(drawScreen(await terminalWith(`\x1b[?25l${text}`, size)));
}

export function look(png: Buffer): Seen {
  const { width, height, data, palette, channels } = decode(png, { checkCrc: true });
  const at = (x: number, y: number): number => {
    const place = (y * width + x) * channels;
    const [red = 0, green = 0, blue = 0] = palette
      ? (palette[data[place] ?? -1] ?? [])
      : data.subarray(place, place + 3);
    return (red << 16) | (green << 8) | blue;
  };
  const colours = (column: number, row: number): number[] => {
    const counts = new Map<number, number>();
    for (let y = 0; y < 32; y++) {
      for (let x = 0; x < 16; x++) {
        const colour = at(16 + column * 16 + x, 16 + row * 32 + y);
        counts.set(colour, (counts.get(colour) ?? 0) + 1);
      }
    }
    return [...counts].sort(([, a], [, b]) => b - a).map(([colour]) => colour);
  };
  const background = (column: number, row: number): number => colours(column, row)[0] ?? -1;
  return {
    ...{ width, height, at, colours, background },
    isIndexed: palette !== undefined,
    bytes: png.length,
    shape: (column, row, cells = 1) => {
      const empty = background(column, row);
      const pixel = (x: number, y: number): string =>
        at(16 + column * 16 + x, 16 + row * 32 + y) === empty ? "." : "#";
      return Array.from({ length: 32 }, (_, y) =>
        Array.from({ length: 16 * cells }, (_, x) => pixel(x, y)).join(""),
      );
    },
  };
}
