import type { Terminal } from "@xterm/headless";
import { paint } from "./paint.ts";
import { encodePng } from "./png.ts";
import { readScreen } from "./screen.ts";

/**
 * Draws what a terminal shows now, with its colours and its cursor, for a message in the chat. A cell takes 16 by 32
 * pixels, and there are 16 around the screen: 80 by 24 cells make 1312 by 800 pixels. Write all output into the terminal
 * first (its `write` calls back when that is done).
 * @returns a PNG.
 */
export function drawScreen(terminal: Terminal): Buffer {
  return encodePng(paint(readScreen(terminal)));
}
