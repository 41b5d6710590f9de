import assert from "node:assert/strict";
import headless, { type Terminal } from "@xterm/headless";
import { SCROLLBACK, Screen } from "../../src/terminal/screen.ts";

export const SIZE = { columns: 20, rows: 6 };

/** An empty terminal that is given something. */
export async function fresh(bytes: Uint8Array, { columns, rows } = SIZE): Promise<Terminal> {
  const terminal = new headless.Terminal({
    cols: columns,
    rows,
    scrollback: SCROLLBACK,
    allowProposedApi: true,
  });
  await new Promise<void>((resolve) => terminal.write(bytes, resolve));
  return terminal;
}

const LOOKS = [
  ...(["isBold", "isDim", "isItalic", "isUnderline", "isBlink", "isInverse", "isInvisible"] as const),
  ...(["isStrikethrough", "isOverline", "isFgRGB", "getFgColor", "isBgRGB", "getBgColor"] as const),
];

/** All that can be seen of a terminal: each cell with its looks, the cursor and the modes. */
export function seen(terminal: Terminal) {
  const buffer = (which: "normal" | "alternate"): string[] => {
    const lines = terminal.buffer[which];
    return Array.from({ length: lines.length }, (_, row) => {
      const line = lines.getLine(row);
      const cells = Array.from({ length: terminal.cols }, (_, column) => {
        const cell = line?.getCell(column);
        return [cell?.getChars() || " ", cell?.getWidth(), ...LOOKS.map((look) => cell?.[look]())].join(" ");
      });
      return cells.join("|");
    });
  };
  const { active } = terminal.buffer;
  return {
    normal: buffer("normal"),
    alternate: active.type === "alternate" ? buffer("alternate") : undefined,
    active: active.type,
    cursor: [Math.min(active.cursorX, terminal.cols - 1), active.cursorY],
    modes: terminal.modes,
  };
}

/** What a snapshot is compared by: also what comes afterwards has to look the same. */
export async function sameAfter(output: string, afterwards = "", size = SIZE): Promise<void> {
  const screen = new Screen(size);
  screen.write(Buffer.from(output));
  const { bytes } = await screen.snapshot();
  const copy = await fresh(bytes, size);
  assert.deepEqual(seen(copy), seen(screen.terminal), JSON.stringify(output));
  screen.write(Buffer.from(afterwards));
  await screen.settled();
  await new Promise<void>((resolve) => copy.write(afterwards, resolve));
  assert.deepEqual(seen(copy), seen(screen.terminal), JSON.stringify([output, afterwards]));
  screen.dispose();
}
