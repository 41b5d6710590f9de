import type { HeldSession } from "../terminal-session.ts";
import { inject } from "./inject.ts";
import { namedKey } from "./key-names.ts";
import { lookWhenDrawn } from "./look.ts";
import type { Outcome } from "./outcome.ts";
import { typedOrShared } from "./shared-files.ts";
import { type Status, statusOf } from "./status.ts";

export interface Wish {
  readonly text: string;
  readonly submit: "no" | "yes" | "force";
  readonly retries?: number;
  /** Handed over as a file, also when it is short. */
  readonly share?: boolean;
}

/** What a terminal shows. */
export interface ScreenView {
  readonly id: string;
  readonly title: string;
  readonly columns: number;
  readonly rows: number;
  /** From 0, of the screen. */
  readonly cursor: { readonly column: number; readonly row: number };
  /** Without the blanks at their ends; the last one is the last of the screen that is not empty. */
  readonly lines: readonly string[];
}

/** What a program does with a session, where a person would look and type. */
export interface SessionDriver {
  /** @throws the file system's error for a long text that cannot be shared. */
  inject(wish: Wish): Promise<Outcome>;
  /**
   * Presses keys, in one go.
   * @returns the name of one that is none; then nothing was pressed.
   */
  press(names: readonly string[]): Promise<string | undefined>;
  /** @param lines How many of the last ones, also of those that have scrolled away; undefined: the screen. */
  screen(lines: number | undefined): Promise<ScreenView>;
  status(): Promise<Status>;
}

/** @param sharedFolder Where long texts are put; absolute. */
export function driverOf(session: HeldSession, sharedFolder: string): SessionDriver {
  return {
    inject({ text, share = false, ...rest }) {
      return inject(session, { ...rest, text: typedOrShared(sharedFolder, text, { always: share }) });
    },
    async press(names) {
      const { applicationCursorKeysMode } = session.screen.terminal.modes;
      const keys = names.map((name) => namedKey(name, applicationCursorKeysMode));
      const wrong = names.find((_, index) => keys[index] === undefined);
      if (wrong === undefined) await session.write(Buffer.from(keys.join("")));
      return wrong;
    },
    async screen(lines) {
      const { rows, cursor } = await lookWhenDrawn(session);
      const { id, title, columns } = session;
      const shown = lines === undefined ? [...rows] : lastLines(session, lines);
      while (shown.at(-1) === "") shown.pop();
      const { column, row } = cursor;
      return { id, title, columns, rows: rows.length, cursor: { column, row }, lines: shown };
    },
    status: () => statusOf(session),
  };
}

function lastLines({ screen }: HeldSession, count: number): string[] {
  const { active } = screen.terminal.buffer;
  let end = active.baseY + screen.terminal.rows;
  const textOf = (row: number): string => active.getLine(row)?.translateToString(true) ?? "";
  while (end > 0 && textOf(end - 1) === "") end -= 1;
  const begin = Math.max(0, end - count);
  return Array.from({ length: end - begin }, (_, index) => textOf(begin + index));
}
