import { spawnSync } from "node:child_process";
import type { Surroundings } from "./verb.ts";

/** Back to what a shell expects: the main screen, all modes off that a program may have left on. The cursor stays. */
const CALM = [
  // The position is that of the main screen, wherever we are: it is put back after all that moves the cursor.
  "\x1b[=0u\x1b7\x1b[?6l\x1b[r\x1b[?1049l\x1b8",
  "\x1b[0m\x1b(B\x0f\x1b[=0u\x1b[>4m\x1b[4l\x1b[?1l\x1b>\x1b[?5l\x1b[?7h\x1b[?25h\x1b[0 q",
  "\x1b[?1000;1002;1003;1004;1005;1006;1015;2004;2026l",
].join("");
const KEEP_TITLE = "\x1b[22;0t";
const OLD_TITLE = "\x1b[23;0t";
const CLEAR = "\x1b[H\x1b[2J";

/** The terminal at hand, given to a program elsewhere and taken back whatever happens. */
export class RawTerminal {
  readonly #around: Surroundings;
  #isGiven = false;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  get size(): { readonly columns: number; readonly rows: number } {
    const { columns = 80, rows = 24 } = this.#around.stdout;
    return { columns, rows };
  }

  /** What is on it goes up, out of the way. Nothing typed acts on this process any more. */
  give(): void {
    this.#isGiven = true;
    process.on("exit", this.#takeBack);
    setRaw(this.#around, true);
    this.#around.stdout.write(`${KEEP_TITLE}${"\r\n".repeat(this.size.rows)}${CLEAR}`);
  }

  /** An empty screen, for a picture of all that is to be on it. */
  empty(): void {
    this.#around.stdout.write(CALM + CLEAR);
  }

  write(bytes: Buffer): void {
    this.#around.stdout.write(bytes);
  }

  takeBack(): void {
    process.off("exit", this.#takeBack);
    this.#takeBack();
  }

  readonly #takeBack = (): void => {
    if (!this.#isGiven) return;
    this.#isGiven = false;
    this.#around.stdout.write(`${CALM}${OLD_TITLE}\r\n`);
    setRaw(this.#around, false);
  };
}

function setRaw({ stdin }: Surroundings, on: boolean): void {
  (stdin as Partial<NodeJS.ReadStream>).setRawMode?.(on);
  // Node leaves one thing as it was: a line feed would still go back to the first column, too. Off, this is undone as well.
  if (on) spawnSync("stty", ["-opost"], { stdio: ["inherit", "ignore", "ignore"] });
}
