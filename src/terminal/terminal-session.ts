import { Gather } from "./gather.ts";
import { type Foreground, foregroundOf } from "./input/foreground.ts";
import { ENTER, keystrokes, typeable } from "./input/keystrokes.ts";
import { InputQueue, type Write } from "./input-queue.ts";
import type { Pty, PtyExit } from "./pty.ts";
import { Ring } from "./ring.ts";
import { Screen } from "./screen.ts";
import type { TerminalSession, Viewer } from "./session.ts";

/** What `since` remembers. */
const REMEMBERED_BYTES = 256 << 10;
/** The program is held up when its screen is so far behind, and goes on when it has caught up to there. */
const PAUSE_BYTES = 4 << 20;
const RESUME_BYTES = 1 << 20;
/** A program that prints now and then is at work, also between two of its lines. */
export const WORKING_MS = 10_000;
/** What a terminal can be; a page may ask for anything. */
const LEAST = { columns: 2, rows: 1 };
const MOST = { columns: 500, rows: 300 };

export interface SessionOptions {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly where: string;
  readonly command?: string | undefined;
  readonly createdAt: number;
  readonly columns: number;
  readonly rows: number;
  /** Where its output begins to be counted. */
  readonly position?: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly onBell?: () => void;
}

/** A running program, its screen, and those who look at it. */
export class HeldSession implements TerminalSession {
  readonly screen: Screen;
  readonly #options: SessionOptions;
  readonly #output: Ring;
  readonly #gather = new Gather((bytes) => this.#handOn(bytes));
  readonly #viewers = new Set<Viewer>();
  readonly #listeners = new Set<(chunk: Buffer) => void>();
  readonly #input: InputQueue;
  readonly #ended: Promise<PtyExit>;
  #end: (exit: PtyExit) => void = () => {};
  readonly #attached: Promise<Pty>;
  #attach: (pty: Pty) => void = () => {};
  #pty: Pty | undefined;
  #exit: PtyExit | undefined;
  #isClosing = false;
  /** The program has ended; its last output may still have to be shown. */
  #isOver = false;
  #paused = false;
  #columns: number;
  #rows: number;
  #lastOutput: number;
  #lastInput: number;
  #name: string;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#name = options.name;
    this.#columns = options.columns;
    this.#rows = options.rows;
    this.#lastOutput = options.createdAt;
    this.#lastInput = options.createdAt;
    this.#ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#attached = new Promise((resolve) => {
      this.#attach = resolve;
    });
    this.#output = new Ring(REMEMBERED_BYTES, options.position);
    this.screen = new Screen({
      columns: options.columns,
      rows: options.rows,
      onAnswer: async (bytes) => {
        const { answersQueries } = await this.#attached;
        if (!answersQueries) await this.#input.answer(bytes).catch(() => {});
      },
      ...(options.onBell ? { onBell: options.onBell } : {}),
    });
    this.screen.onBehind(() => this.#pace());
    this.#input = new InputQueue(async (bytes) => {
      const pty = await this.#attached;
      if (this.#exit) throw new Error(`${this.id} has ended.`);
      await pty.write(bytes);
    });
  }

  get id(): string {
    return this.#options.id;
  }

  get name(): string {
    return this.#name;
  }

  get label(): string {
    return this.#options.label;
  }

  get where(): string {
    return this.#options.where;
  }

  get command(): string | undefined {
    return this.#options.command;
  }

  get createdAt(): number {
    return this.#options.createdAt;
  }

  get exit(): PtyExit | undefined {
    return this.#exit;
  }

  get columns(): number {
    return this.#columns;
  }

  get rows(): number {
    return this.#rows;
  }

  get title(): string {
    return this.screen.title;
  }

  get lastOutput(): number {
    return this.#lastOutput;
  }

  get lastInput(): number {
    return this.#lastInput;
  }

  get position(): number {
    return this.#output.position;
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  /** The program has written something a moment ago. */
  get isWorking(): boolean {
    return this.#exit === undefined && this.#options.now() - this.#lastOutput < WORKING_MS;
  }

  /** Resolves when the program has ended and its last output is shown. Never rejects. */
  get ended(): Promise<PtyExit> {
    return this.#ended;
  }

  /** Whether the name is free, and may be one, is up to the caller. */
  rename(name: string): void {
    this.#name = name;
  }

  /** Takes over the program that writes to `output`. */
  attach(pty: Pty): void {
    this.#pty = pty;
    this.#attach(pty);
    void pty.exited.then(async (exit) => {
      this.#isOver = true;
      this.#gather.flush();
      await this.screen.settled();
      this.fail(exit);
    });
    if (this.#isClosing) void pty.kill();
  }

  /** There will be no program, or no more of it: whoever waits for its end need not. */
  fail(exit: PtyExit): void {
    this.#exit = exit;
    for (const viewer of this.#viewers) viewer.ended(exit);
    this.#viewers.clear();
    this.#end(exit);
  }

  /** What the program writes. */
  output(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#lastOutput = this.#options.now();
    this.#gather.push(chunk);
  }

  #handOn(bytes: Buffer): void {
    const { position } = this.#output;
    this.#output.push(bytes);
    for (const viewer of this.#viewers) viewer.output(bytes, position);
    for (const listener of this.#listeners) listener(bytes);
    this.screen.write(bytes);
    this.#pace();
  }

  write(bytes: Uint8Array): Promise<void> {
    this.#lastInput = this.#options.now();
    return this.#input.add(bytes);
  }

  /**
   * Types a line as a person does: several lines come as one paste where the program knows that, and Enter a moment
   * later, since programs take what comes together for pasted.
   */
  type(text: string, { enter }: { enter: boolean }): Promise<void> {
    this.#lastInput = this.#options.now();
    const asPaste = this.screen.terminal.modes.bracketedPasteMode && typeable(text).includes("\n");
    const parts = [keystrokes(text, asPaste), ...(enter ? [ENTER] : [])];
    return this.#input.add(...parts.filter(({ length }) => length > 0));
  }

  /**
   * For one who looks at the screen between two parts of what he types: others' input waits meanwhile, for `mostMs` at
   * most.
   * @returns what `work` returns, and throws what it throws.
   */
  holdInput<T>(mostMs: number, work: (write: Write) => Promise<T>): Promise<T> {
    return this.#input.hold(mostMs, (write) =>
      work((bytes) => {
        this.#lastInput = this.#options.now();
        return write(bytes);
      }),
    );
  }

  /** The program that its keys go to; undefined where that cannot be told. Never rejects. */
  async foreground(): Promise<Foreground | undefined> {
    const pid = (await this.#pty?.programPid?.().catch(() => undefined)) ?? this.#pty?.pid;
    if (pid === undefined || this.#exit) return undefined;
    return foregroundOf(pid);
  }

  async resize(columns: number, rows: number): Promise<void> {
    const size = {
      columns: within(columns, LEAST.columns, MOST.columns),
      rows: within(rows, LEAST.rows, MOST.rows),
    };
    if (this.#exit || (size.columns === this.#columns && size.rows === this.#rows)) return;
    // What has been written before is for the old size.
    this.#gather.flush();
    this.#columns = size.columns;
    this.#rows = size.rows;
    this.screen.resize(size.columns, size.rows);
    for (const viewer of this.#viewers) viewer.resized(size.columns, size.rows);
    await this.#pty?.resize(size.columns, size.rows);
  }

  async snapshot(): Promise<{ bytes: Buffer; position: number; columns: number; rows: number }> {
    const { position } = this.#output;
    return { ...(await this.screen.snapshot()), position };
  }

  since(position: number): Buffer | undefined {
    return this.#output.since(position);
  }

  /** One who comes after the end is told of it at once. */
  watch(viewer: Viewer): () => void {
    if (this.#exit) {
      viewer.ended(this.#exit);
      return () => {};
    }
    this.#viewers.add(viewer);
    return () => void this.#viewers.delete(viewer);
  }

  /** As `watch`, for one who is no viewer. @returns what ends it. */
  onOutput(listener: (chunk: Buffer) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** As its `Pty` has it; undefined when that keeps nothing, or cannot be asked. */
  async kept(): Promise<string | undefined> {
    return this.#pty?.kept?.().catch(() => undefined);
  }

  /** The folder, on this machine, of the program in front; undefined where it is not known. Never rejects. */
  async cwd(): Promise<string | undefined> {
    return this.#exit ? undefined : this.#pty?.cwd?.();
  }

  /** One that is still being opened ends as soon as it is open. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#pty?.kill();
    await this.#ended;
  }

  /** The bridge ends: the program goes on where it can, and ends with it elsewhere. */
  async leave(): Promise<void> {
    if (this.#exit) return;
    await (this.#pty?.leave ?? this.#pty?.kill)?.call(this.#pty);
    // It may have ended meanwhile: then its end is to be known.
    if (this.#isOver) await this.#ended;
  }

  /** Nobody waits for the screen, but it must not fall behind without end. */
  #pace(): void {
    const { behind } = this.screen;
    if (!this.#paused && behind > PAUSE_BYTES) {
      this.#paused = true;
      this.#pty?.pause?.();
    } else if (this.#paused && behind < RESUME_BYTES) {
      this.#paused = false;
      this.#pty?.resume?.();
    }
  }
}

function within(value: number, least: number, most: number): number {
  return Number.isFinite(value) ? Math.max(least, Math.min(most, Math.floor(value))) : least;
}
