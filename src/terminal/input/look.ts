import { setTimeout as sleep } from "node:timers/promises";
import type { HeldSession } from "../terminal-session.ts";

/** What a person sees of a terminal at one moment, as far as it tells of what is typed. */
export interface Look {
  /** The rows of the screen; without the blanks at their ends. */
  readonly rows: readonly string[];
  readonly cursor: { readonly column: number; readonly row: number; readonly isHidden: boolean };
  /** The line with the cursor, up to it, with all the rows that it is wrapped to. */
  readonly line: string;
  /** A full-screen program's own screen. */
  readonly isAlternate: boolean;
  /** How much the program had written by then. */
  readonly position: number;
}

/** Looks when all is shown that has been written so far. */
export async function lookAt(session: HeldSession): Promise<Look> {
  if (session.screen.behind > 0) await session.screen.settled();
  const { position, screen } = session;
  const { active } = screen.terminal.buffer;
  const { baseY, cursorX, cursorY } = active;
  const textOf = (row: number, end?: number): string =>
    active.getLine(row)?.translateToString(end === undefined, 0, end) ?? "";
  let line = textOf(baseY + cursorY, cursorX);
  for (let row = baseY + cursorY; row > 0 && active.getLine(row)?.isWrapped; row--)
    line = textOf(row - 1) + line;
  return {
    rows: Array.from({ length: screen.terminal.rows }, (_, row) => textOf(baseY + row)),
    cursor: { column: cursorX, row: cursorY, isHidden: screen.cursorHidden },
    line,
    isAlternate: active.type === "alternate",
    position,
  };
}

/** A screen that nothing is written to for so long is no half of one; but there are programs that never stop. */
const DRAWN_MS = 50;
const LONGEST_MS = 250;

/** Looks when the screen is not being drawn, as far as that can be waited for. */
export async function lookWhenDrawn(session: HeldSession): Promise<Look> {
  const end = performance.now() + LONGEST_MS;
  while (Date.now() - session.lastOutput < DRAWN_MS && performance.now() < end) await sleep(10);
  return lookAt(session);
}

/** Looks again whenever the program has written. */
export class Looking {
  readonly #session: HeldSession;
  readonly #signal: AbortSignal | undefined;
  #wake: () => void = () => {};
  #hasChanged = true;
  readonly #ends: (() => void)[];

  constructor(session: HeldSession, signal?: AbortSignal) {
    this.#session = session;
    this.#signal = signal;
    const wake = (): void => {
      this.#hasChanged = true;
      this.#wake();
    };
    signal?.addEventListener("abort", wake);
    this.#ends = [
      session.onOutput(wake),
      onEnd(session, wake),
      () => signal?.removeEventListener("abort", wake),
    ];
  }

  get isOver(): boolean {
    return this.#session.exit !== undefined || this.#signal?.aborted === true;
  }

  /**
   * @returns the first look that fits, and goes on fitting for `steadyMs`; the last one, marked, when none has come within
   * `ms`, or the session has ended, or the signal is given.
   */
  async until(
    fits: (look: Look) => boolean,
    { ms, steadyMs = 0 }: { readonly ms: number; readonly steadyMs?: number },
  ): Promise<{ readonly look: Look; readonly fits: boolean }> {
    const end = performance.now() + ms;
    let since: number | undefined;
    for (;;) {
      this.#hasChanged = false;
      const look = await lookAt(this.#session);
      const now = performance.now();
      if (!fits(look)) since = undefined;
      else since ??= now;
      if (since !== undefined && now - since >= steadyMs) return { look, fits: true };
      // What ends the program right away is the last that it shows.
      const isLast = now >= end || this.#session.exit !== undefined;
      if (this.isOver || isLast) return { look, fits: since !== undefined && isLast };
      await this.#change(since === undefined ? end - now : since + steadyMs - now);
    }
  }

  /** Resolves when the program shows something and has been quiet for `ms`, or `mostMs` have gone by, or it is over. */
  async quiet(ms: number, mostMs: number): Promise<void> {
    for (const end = performance.now() + mostMs; !this.isOver && performance.now() < end; ) {
      this.#hasChanged = false;
      await this.#change(ms);
      if (this.#hasChanged) continue;
      const { rows } = await lookAt(this.#session);
      if (rows.some((row) => row.trim() !== "")) return;
    }
  }

  /** Something has happened that is to be seen elsewhere. */
  poke(): void {
    this.#hasChanged = true;
    this.#wake();
  }

  close(): void {
    for (const end of this.#ends) end();
  }

  #change(ms: number): Promise<void> {
    if (this.#hasChanged) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake(), Math.max(0, ms) + 0.5);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = () => {};
        resolve();
      };
    });
  }
}

const endings = new WeakMap<HeldSession, Set<() => void>>();

/** As `ended`, for many who come and go. @returns what ends it. */
function onEnd(session: HeldSession, listener: () => void): () => void {
  let listeners = endings.get(session);
  if (!listeners) {
    const all = new Set<() => void>();
    listeners = all;
    endings.set(session, all);
    void session.ended.then(() => {
      for (const each of all) each();
    });
  }
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
