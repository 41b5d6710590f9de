import type { IBuffer, Terminal } from "@xterm/headless";
import { plainOutput } from "../../agents/plain-output.ts";

/** Looks for a text in what a program writes, wherever that is cut and whatever escape sequences are in between. */
export class TextWatch {
  readonly #text: string;
  readonly #plain = plainOutput();
  #tail = "";

  constructor(text: string) {
    this.#text = text;
  }

  /** Whether the text is there with this piece. */
  push(chunk: Buffer): boolean {
    const seen = this.#tail + this.#plain.push(chunk);
    this.#tail = this.#text.length > 1 ? seen.slice(1 - this.#text.length) : "";
    return seen.includes(this.#text);
  }
}

export function timesIn(whole: string, text: string): number {
  return whole.split(text).length - 1;
}

/** All that a terminal shows and remembers, with lines whole that go on in the next row. */
export function textOf({ buffer: { normal, alternate } }: Terminal): string {
  return [...linesOf(normal), ...linesOf(alternate)].join("\n");
}

function linesOf(buffer: IBuffer): string[] {
  const lines: string[] = [];
  for (let row = 0; row < buffer.length; row++) {
    const line = buffer.getLine(row);
    const goesOn = buffer.getLine(row + 1)?.isWrapped === true;
    const text = line?.translateToString(!goesOn) ?? "";
    if (line?.isWrapped && lines.length > 0) lines.push(`${lines.pop()}${text}`);
    else lines.push(text);
  }
  return lines;
}
