import { ansi } from "../text/ansi.ts";
import { styled } from "../text/entities.ts";
import type { Surroundings } from "./verb.ts";

/** The line that is being typed, drawn by somebody else below the messages. */
export interface InputLine {
  /** Rows between the first row of the input line and the cursor. */
  rowsAbove(): number;
  redraw(): void;
}

interface Shown {
  readonly id: number;
  lines: readonly string[];
  /** Its first lines as they stand where they can no longer be changed. */
  gone: readonly string[];
  final: boolean;
}

/**
 * Messages on a terminal, above the input line. The latest lines can still change; what has scrolled up is left as it
 * is. Without a terminal nothing can change, so each message is written once, when it is final.
 */
export class TerminalScreen {
  readonly colors: boolean;
  readonly #out: Surroundings["stdout"];
  readonly #interactive: boolean;
  #input: InputLine | undefined;
  #open: Shown[] = [];
  #drawn = 0;

  constructor({ stdout, env }: Surroundings) {
    this.#out = stdout;
    this.#interactive = stdout.isTTY === true && env.TERM !== "dumb";
    this.colors = this.#interactive && !env.NO_COLOR;
  }

  get columns(): number {
    return Math.max(1, this.#out.columns ?? 80);
  }

  attach(input: InputLine): void {
    this.#input = input;
    // Lines wrap anew when the window changes, so what is above can no longer be found.
    this.#out.on("resize", () => this.commit());
  }

  /** The input line is gone: from now on there are only messages. */
  detach(): void {
    this.commit();
    this.#input = undefined;
  }

  show(id: number, lines: readonly string[], final: boolean): void {
    const known = this.#open.find((each) => each.id === id);
    if (known && same(known.lines, lines) && known.final === final) return;
    if (!this.#interactive) {
      if (final) this.#out.write(`${lines.join("\n")}\n`);
      return;
    }
    if (known) {
      // From the first line on that has become wrong out of reach, it is shown again below.
      Object.assign(known, { lines, final, gone: commonStart(known.gone, lines) });
    } else this.#open.push({ id, lines, gone: [], final });
    this.#draw();
  }

  remove(id: number): void {
    this.#open = this.#open.filter((each) => each.id !== id || each.gone.length > 0);
    if (this.#interactive) this.#draw();
  }

  /** A short line that stays. */
  notice(text: string): void {
    const lines = ansi(styled("italic", text), { columns: this.columns, colors: this.colors });
    this.show(-Math.random(), lines, true);
  }

  /** What the input line has left on the screen belongs to the past from now on. */
  commit(): void {
    this.#open = this.#open.filter((each) => !each.final);
    for (const each of this.#open) each.gone = each.lines;
    this.#drawn = 0;
  }

  #draw(): void {
    const room = Math.max(4, (this.#out.rows ?? 24) - 3);
    const inputRows = this.#input?.rowsAbove() ?? 0;
    const up = this.#drawn + inputRows;
    let text = `\r${up > 0 ? `\x1b[${up}A` : ""}\x1b[J`;
    const rows = this.#open.flatMap((each) =>
      each.lines.slice(each.gone.length).map((line) => ({ each, line })),
    );
    const leaving = Math.max(0, rows.length - room);
    for (const each of this.#open) {
      const left = rows.slice(0, leaving).filter((row) => row.each === each).length;
      each.gone = each.lines.slice(0, each.gone.length + left);
    }
    text += rows.map(({ line }) => `${line}\n`).join("");
    this.#drawn = rows.length - leaving;
    // The input line goes up by the rows that it had before it draws itself.
    text += "\n".repeat(inputRows);
    this.#open = this.#open.filter((each) => !each.final || each.gone.length < each.lines.length);
    this.#out.write(text);
    this.#input?.redraw();
  }
}

function commonStart(a: readonly string[], b: readonly string[]): readonly string[] {
  const end = a.findIndex((line, index) => line !== b[index]);
  return end < 0 ? a : a.slice(0, end);
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, index) => line === b[index]);
}
