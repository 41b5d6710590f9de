import type { Terminal } from "@xterm/xterm";
import { type Cell, cellAt, lineAround, partAt } from "./cells.ts";
import { copy } from "./clipboard.ts";
import { button, element } from "./elements.ts";
import { tick } from "./telegram.ts";

/** Selecting by a long press: the word first, then as far as the finger is drawn. */
export interface Selection {
  readonly element: HTMLElement;
  press(x: number, y: number, phase: "start" | "move" | "end"): void;
  /** @returns whether there was one to let go */
  clear(): boolean;
}

export function createSelection(terminal: Terminal, say: (text: string) => void): Selection {
  let from: Cell = { column: 0, row: 0 };
  let length = 0;
  const copyButton = button({}, () => {
    void copy(terminal.getSelection()).then((done) => {
      say(done ? "Copied" : "This app does not let the page copy: use “Select text” in the menu.");
      clear();
    });
  });
  copyButton.append("Copy");
  const allButton = button({}, () => terminal.selectAll());
  allButton.append("All");
  const bubble = element(
    "div",
    { class: "bubble", role: "toolbar", "aria-label": "Selection" },
    copyButton,
    allButton,
  );
  bubble.hidden = true;
  const clear = (): boolean => {
    const was = !bubble.hidden;
    bubble.hidden = true;
    terminal.clearSelection();
    return was;
  };
  return {
    element: bubble,
    press(x, y, phase) {
      const cell = cellAt(terminal, x, y);
      const place = ({ column, row }: Cell): number => row * terminal.cols + column;
      if (phase === "start") {
        tick();
        const { text, at, first } = lineAround(terminal, cell);
        const word = partAt(text, at, /[^\s"'()[\]{}<>|;,]+/g) ?? { start: at, part: " " };
        const start = place(first) + word.start;
        from = { column: start % terminal.cols, row: Math.floor(start / terminal.cols) };
        length = word.part.length;
      } else if (phase === "move") {
        length = Math.max(1, place(cell) - place(from) + 1);
      }
      terminal.select(from.column, from.row, length);
      bubble.hidden = phase !== "end";
    },
    clear,
  };
}
