import type { PtyExit } from "../../src/terminal/pty.ts";
import type { TerminalSession, Viewer } from "../../src/terminal/session.ts";

const REMEMBERED = 256 * 1024;

/** A session without a program: what it would write is said by the test, and what is typed is kept. */
export class StandInSession implements TerminalSession {
  name: string;
  readonly label = "bash";
  readonly where = "host";
  readonly command = undefined;
  readonly createdAt = 1_000;
  readonly title = "title";
  readonly lastOutput = 2_000;
  lastInput = 3_000;
  columns = 80;
  rows = 24;
  exit: PtyExit | undefined;
  position = 0;
  /** All that was typed, an entry for each call. */
  readonly typed: string[] = [];
  readonly sizes: string[] = [];
  snapshots = 0;
  /** Holds up the making of snapshots, and the taking of input. */
  gate: Promise<void> = Promise.resolve();
  readonly #watchers = new Set<Viewer>();
  readonly #onChange: () => void;
  readonly id: string;
  #tail = Buffer.alloc(0);

  constructor(id: string, onChange: () => void = () => {}) {
    this.id = id;
    this.name = `name-of-${id}`;
    this.#onChange = onChange;
  }

  get viewers(): number {
    return this.#watchers.size;
  }

  output(text: string | Buffer): void {
    const chunk = Buffer.from(text);
    const { position } = this;
    this.position += chunk.length;
    this.#tail = Buffer.concat([this.#tail, chunk]).subarray(-REMEMBERED);
    for (const watcher of this.#watchers) watcher.output(chunk, position);
  }

  end(exit: PtyExit): void {
    this.exit = exit;
    for (const watcher of this.#watchers) watcher.ended(exit);
    this.#watchers.clear();
    this.#onChange();
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.typed.push(Buffer.from(bytes).toString());
    await this.gate;
  }

  async resize(columns: number, rows: number): Promise<void> {
    this.columns = columns;
    this.rows = rows;
    this.sizes.push(`${columns}x${rows}`);
    for (const watcher of this.#watchers) watcher.resized(columns, rows);
  }

  async snapshot() {
    this.snapshots += 1;
    const { position, columns, rows } = this;
    await this.gate;
    return { bytes: Buffer.from(`screen at ${position}`), position, columns, rows };
  }

  since(position: number): Buffer | undefined {
    const start = this.position - this.#tail.length;
    return position < start || position > this.position ? undefined : this.#tail.subarray(position - start);
  }

  watch(viewer: Viewer): () => void {
    if (this.exit) {
      viewer.ended(this.exit);
      return () => {};
    }
    this.#watchers.add(viewer);
    this.#onChange();
    return () => {
      if (this.#watchers.delete(viewer)) this.#onChange();
    };
  }

  async close(): Promise<void> {
    if (!this.exit) this.end({ code: 0, reason: "closed" });
  }
}
