import { execFile } from "node:child_process";

/** Changes the size of a terminal by its name, as soon as that is known: the program in front gets SIGWINCH. */
export class TerminalSize {
  readonly #isOpen: () => boolean;
  #told = "";
  #name: string | undefined;
  #wanted: readonly [columns: number, rows: number] | undefined;
  #changing: Promise<void> | undefined;

  /** @param isOpen Asked before each change: once it is closed, the name may be another terminal's. */
  constructor(isOpen: () => boolean) {
    this.#isOpen = isOpen;
  }

  /** Gets what `tty` has written, as it comes. */
  named(chunk: Buffer): void {
    this.#told += chunk.toString("latin1");
    this.#name ??= /^(\/dev\/(?:pts\/\d+|tty\w+))\n/.exec(this.#told)?.[1];
    if (this.#name !== undefined) void this.#apply();
  }

  /** The last of several at the same time counts. Resolves when it is done, or when the name is awaited. Never rejects. */
  change(columns: number, rows: number): Promise<void> {
    this.#wanted = [columns, rows];
    return this.#apply();
  }

  #apply(): Promise<void> {
    this.#changing ??= this.#change().finally(() => {
      this.#changing = undefined;
    });
    return this.#changing;
  }

  async #change(): Promise<void> {
    while (this.#wanted && this.#name !== undefined && this.#isOpen()) {
      const [columns, rows] = this.#wanted;
      this.#wanted = undefined;
      await stty(this.#name, columns, rows);
    }
  }
}

function stty(name: string, columns: number, rows: number): Promise<void> {
  const flag = process.platform === "linux" ? "-F" : "-f";
  const env = { PATH: process.env.PATH };
  return new Promise((resolve) => {
    execFile("stty", [flag, name, "rows", String(rows), "cols", String(columns)], { env }, () => resolve());
  });
}
