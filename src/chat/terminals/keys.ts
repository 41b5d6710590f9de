import type { Terminal } from "@xterm/headless";

interface Key {
  readonly label: string;
  readonly bytes: string;
  /** While the program wants the cursor keys in its own way (DECCKM). */
  readonly application?: string;
}

const KEYS: Readonly<Record<string, Key>> = {
  esc: { label: "Esc", bytes: "\x1b" },
  tab: { label: "Tab", bytes: "\t" },
  int: { label: "^C", bytes: "\x03" },
  eof: { label: "^D", bytes: "\x04" },
  left: { label: "←", bytes: "\x1b[D", application: "\x1bOD" },
  up: { label: "↑", bytes: "\x1b[A", application: "\x1bOA" },
  down: { label: "↓", bytes: "\x1b[B", application: "\x1bOB" },
  right: { label: "→", bytes: "\x1b[C", application: "\x1bOC" },
  "1": { label: "1", bytes: "1" },
  "2": { label: "2", bytes: "2" },
  "3": { label: "3", bytes: "3" },
  y: { label: "y", bytes: "y" },
  n: { label: "n", bytes: "n" },
  enter: { label: "⏎ Enter", bytes: "\r" },
};

/** The buttons, by the names of their keys. */
export const KEY_ROWS: readonly (readonly string[])[] = [
  ["esc", "tab", "int", "eof"],
  ["left", "up", "down", "right"],
  ["1", "2", "3", "y", "n"],
  ["enter"],
];

export function keyLabel(name: string): string {
  return KEYS[name]?.label ?? name;
}

/** What a key sends now; undefined for one that there is not. */
export function keyBytes(name: string, terminal: Terminal): string | undefined {
  const key = Object.hasOwn(KEYS, name) ? KEYS[name] : undefined;
  return (terminal.modes.applicationCursorKeysMode ? key?.application : undefined) ?? key?.bytes;
}
