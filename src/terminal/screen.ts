import serialize from "@xterm/addon-serialize";
import headless, { type IBuffer, type IBufferLine, type Terminal } from "@xterm/headless";
import { leftOut } from "./left-out.ts";
import { withoutPassedBy } from "./passed-by.ts";
import { Pile } from "./pile.ts";
import { ScreenModes } from "./screen-modes.ts";

export interface ScreenOptions {
  readonly columns: number;
  readonly rows: number;
  /** Gets what the terminal answers to what its program asks. */
  readonly onAnswer?: (bytes: Buffer) => void;
  readonly onBell?: () => void;
}

/** Lines that are remembered above the screen. */
export const SCROLLBACK = 5_000;
/**
 * A key's echo is shown at once. While more comes than this, the screen waits for a pause, since most of it has passed by
 * before anybody could have seen it. That is taken away whenever this much waits.
 */
const FLOOD_BYTES = 64 << 10;
const MOST_BYTES = 2 << 20;
const PATIENT_MS = 50;
const MOST_WAITS = 20;
const PROMPT_MS = 2;

type Step = Pile | (() => void);

/**
 * What a terminal shows: all that its program has written, as a person would see it. It follows behind what is given to
 * it, so that nobody waits for it.
 */
export class Screen {
  readonly terminal: Terminal;
  readonly #serializer = new serialize.SerializeAddon();
  readonly #modes: ScreenModes;
  #steps: Step[] = [];
  /** Emptied ones, as long as it is behind. */
  #spare: Pile[] = [];
  #behind = 0;
  /** How many bytes have ever come, and how often it has waited for a pause. */
  #came = 0;
  #waits = 0;
  #running = false;
  #timer: NodeJS.Timeout | undefined;
  #onBehind: () => void = () => {};

  constructor({ columns, rows, onAnswer, onBell }: ScreenOptions) {
    this.terminal = new headless.Terminal({
      cols: columns,
      rows,
      scrollback: SCROLLBACK,
      allowProposedApi: true,
    });
    this.terminal.loadAddon(this.#serializer);
    this.#modes = new ScreenModes(this.terminal);
    this.terminal.onData((text) => onAnswer?.(Buffer.from(text)));
    this.terminal.onBinary((text) => onAnswer?.(Buffer.from(text, "latin1")));
    this.terminal.onBell(() => onBell?.());
  }

  get title(): string {
    return this.#modes.title;
  }

  get cursorHidden(): boolean {
    return this.#modes.cursorHidden;
  }

  /** How many bytes have been given to it that it does not show yet. */
  get behind(): number {
    return this.#behind;
  }

  /** Called whenever `behind` has become less. */
  onBehind(listener: () => void): void {
    this.#onBehind = listener;
  }

  write(chunk: Buffer): void {
    if (this.#behind + chunk.length > MOST_BYTES) this.#shorten();
    let pile = this.#steps.at(-1);
    if (!(pile instanceof Pile)) {
      pile = this.#spare.pop() ?? new Pile();
      this.#steps.push(pile);
    }
    pile.add(chunk);
    this.#behind += chunk.length;
    this.#came += chunk.length;
    if (this.#behind > MOST_BYTES) this.#now();
    else this.#later(this.#behind > FLOOD_BYTES ? PATIENT_MS : PROMPT_MS);
  }

  /** From here on; what was written before is shown in the old size first. */
  resize(columns: number, rows: number): void {
    this.#steps.push(() => this.terminal.resize(columns, rows));
    this.#later(PROMPT_MS);
  }

  /** Resolves when it shows all that has been written so far. */
  settled(): Promise<void> {
    return this.#when(() => {});
  }

  /** All of it as bytes for an empty terminal of the same size, at the place in the output where it is asked for. */
  async snapshot(): Promise<{
    readonly bytes: Buffer;
    readonly columns: number;
    readonly rows: number;
  }> {
    return this.#when(() => {
      const { cols: columns, rows } = this.terminal;
      forgetTornLines(this.terminal);
      const text =
        boldAfterDim(this.#serializer.serialize()) + leftOut(this.terminal) + this.#modes.sequences();
      return { bytes: Buffer.from(text), columns, rows };
    });
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#steps = [];
    this.#spare = [];
    this.terminal.dispose();
  }

  /** Does something when all that was written before it is shown. */
  #when<T>(act: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#steps.push(() => {
        try {
          resolve(act());
        } catch (error) {
          reject(error);
        }
      });
      this.#now();
    });
  }

  #now(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waits = 0;
    void this.#run();
  }

  #later(ms: number): void {
    if (this.#running || this.#timer) return;
    const came = this.#came;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const isFlooded = this.#behind > FLOOD_BYTES && this.#came > came;
      if (isFlooded && ++this.#waits < MOST_WAITS) this.#later(PATIENT_MS);
      else this.#now();
    }, ms);
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    for (let step = this.#steps.shift(); step; step = this.#steps.shift()) {
      if (!(step instanceof Pile)) {
        step();
        continue;
      }
      await this.#show(step.bytes);
      this.#behind -= step.length;
      step.clear();
      if (this.#behind === 0) this.#spare = [];
      else this.#spare.push(step);
      this.#onBehind();
      const isPatient = this.#behind > FLOOD_BYTES && this.#behind < MOST_BYTES;
      if (this.#steps.length > 0 && isPatient && !this.#isAwaited()) break;
    }
    this.#running = false;
    if (this.#steps.length > 0) this.#later(PATIENT_MS);
  }

  #isAwaited(): boolean {
    return this.#steps.some((step) => typeof step === "function");
  }

  /** Takes away what has passed by, when what is shown already tells how its lines will scroll. */
  #shorten(): void {
    const [pile, ...others] = this.#steps;
    if (this.#running || others.length > 0 || !(pile instanceof Pile)) return;
    const before = pile.length;
    pile.replace(this.#withoutPassedBy(pile.bytes));
    this.#behind -= before - pile.length;
  }

  #show(bytes: Buffer): Promise<void> {
    const seen = this.#withoutPassedBy(bytes);
    return new Promise((resolve) => this.terminal.write(seen, resolve));
  }

  #withoutPassedBy(bytes: Buffer): Buffer {
    return this.#modes.scrollsWhole ? withoutPassedBy(bytes, SCROLLBACK + 2 * this.terminal.rows) : bytes;
  }
}

/**
 * A row that goes on with the line above says so still when another row has been put between them, and then the
 * serializer would write it elsewhere. xterm.js has no public way to change that.
 */
function forgetTornLines({ buffer, cols }: Terminal): void {
  for (const { length, getLine } of [buffer.normal, buffer.alternate].map(linesOf)) {
    for (let row = 0, above = undefined as IBufferLine | undefined; row < length; row++) {
      const line = getLine(row);
      // A wide character that does not fit leaves the last cell empty.
      const last = cols - (line?.getCell(0)?.getWidth() === 2 && isEmpty(above, cols - 1) ? 2 : 1);
      if (line?.isWrapped && isEmpty(above, last))
        (line as unknown as { _line: { isWrapped: boolean } })._line.isWrapped = false;
      above = line;
    }
  }
}

/** Where dim ends and bold begins at once, the serializer ends both (`1;22`). */
function boldAfterDim(text: string): string {
  return text.replace(/\x1b\[([\d;]+)m/g, (whole, numbers: string) => {
    const all: readonly string[] = numbers.match(/[34]8;5;\d+|[34]8;2(?:;\d+){3}|\d+/g) ?? [];
    if (!all.includes("1") || !all.includes("22")) return whole;
    return `\x1b[${["22", ...all.filter((each) => each !== "22")].join(";")}m`;
  });
}

function isEmpty(line: IBufferLine | undefined, column: number): boolean {
  const cell = line?.getCell(column);
  // The second half of a wide character has no width.
  return cell === undefined || (cell.getChars() === "" && cell.getWidth() !== 0);
}

function linesOf(buffer: IBuffer): { length: number; getLine: (row: number) => IBufferLine | undefined } {
  return { length: buffer.length, getLine: (row) => buffer.getLine(row) };
}
