import type { Terminal } from "@xterm/headless";

/** What a terminal keeps of how its program wants it, and neither shows nor tells. */
export class ScreenModes {
  readonly #terminal: Terminal;
  #title = "";
  #cursorHidden = false;
  /** How the mouse is reported, by the mode's number; 0 is the oldest way. */
  #mouseEncoding = 0;
  #cursorStyle = 0;
  #regions = new Map<string, readonly [top: number, bottom: number]>();
  #synchronized = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    const { parser } = terminal;
    terminal.onTitleChange((title) => {
      this.#title = title;
    });
    terminal.onResize(() => this.#regions.clear());
    const set = (on: boolean) => (params: readonly (number | number[])[]) => {
      for (const mode of params) this.#set(mode, on);
      return false;
    };
    parser.registerCsiHandler({ prefix: "?", final: "h" }, set(true));
    parser.registerCsiHandler({ prefix: "?", final: "l" }, set(false));
    parser.registerCsiHandler({ intermediates: " ", final: "q" }, ([style]) => {
      this.#cursorStyle = Number(style ?? 0);
      return false;
    });
    parser.registerCsiHandler({ final: "r" }, ([top, bottom]) => {
      this.#region(Number(top) || 1, Number(bottom) || terminal.rows);
      return false;
    });
    parser.registerCsiHandler({ intermediates: "!", final: "p" }, () => {
      this.#cursorHidden = false;
      this.#regions.delete(terminal.buffer.active.type);
      return false;
    });
    parser.registerEscHandler({ final: "c" }, () => {
      this.#cursorHidden = false;
      this.#mouseEncoding = 0;
      this.#cursorStyle = 0;
      this.#synchronized = false;
      this.#regions.clear();
      return false;
    });
  }

  get title(): string {
    return this.#title;
  }

  get cursorHidden(): boolean {
    return this.#cursorHidden;
  }

  /** All rows scroll, so that what leaves at the top is gone. */
  get scrollsWhole(): boolean {
    return !this.#regions.has(this.#terminal.buffer.active.type) && !this.#terminal.modes.originMode;
  }

  /** What brings an empty terminal there, behind what the serializer writes. */
  sequences(): string {
    const { buffer, modes } = this.#terminal;
    const { cursorX, cursorY, type } = buffer.active;
    const region = this.#regions.get(type);
    // Setting it moves the cursor; and in origin mode places count from its top.
    const from = modes.originMode ? (region?.[0] ?? 1) - 1 : 0;
    const place =
      region || modes.originMode
        ? `${region ? `\x1b[${region[0]};${region[1]}r` : ""}\x1b[${cursorY + 1 - from};${cursorX + 1}H`
        : "";
    return [
      place,
      this.#title === "" ? "" : `\x1b]2;${this.#title}\x07`,
      this.#cursorStyle === 0 ? "" : `\x1b[${this.#cursorStyle} q`,
      this.#mouseEncoding === 0 ? "" : `\x1b[?${this.#mouseEncoding}h`,
      this.#cursorHidden ? "\x1b[?25l" : "",
      this.#synchronized ? "\x1b[?2026h" : "",
    ].join("");
  }

  #set(mode: number | number[], on: boolean): void {
    if (mode === 25) this.#cursorHidden = !on;
    // xterm.js knows these two, and takes any of them back by either (InputHandler.ts, resetModePrivate).
    if (mode === 1006 || mode === 1016) this.#mouseEncoding = on ? mode : 0;
    if (mode === 2026) this.#synchronized = on;
    if (mode === 1049 || mode === 1047 || mode === 47) this.#regions.delete("alternate");
  }

  #region(top: number, bottom: number): void {
    const { rows, buffer } = this.#terminal;
    const last = Math.min(bottom, rows);
    if (last <= top) return;
    if (top === 1 && last === rows) this.#regions.delete(buffer.active.type);
    else this.#regions.set(buffer.active.type, [top, last]);
  }
}
