/** What keys send to a terminal, as xterm does it. */

export interface Modifiers {
  readonly ctrl: boolean;
  readonly alt: boolean;
  readonly shift?: boolean;
}

const CURSOR: Readonly<Record<string, string>> = {
  ArrowUp: "A",
  ArrowDown: "B",
  ArrowRight: "C",
  ArrowLeft: "D",
  Home: "H",
  End: "F",
};
const NUMBERED: Readonly<Record<string, number>> = {
  Insert: 2,
  Delete: 3,
  PageUp: 5,
  PageDown: 6,
  F5: 15,
  F6: 17,
  F7: 18,
  F8: 19,
  F9: 20,
  F10: 21,
  F11: 23,
  F12: 24,
};
const FIRST_FUNCTION_KEYS: Readonly<Record<string, string>> = { F1: "P", F2: "Q", F3: "R", F4: "S" };
const PLAIN: Readonly<Record<string, string>> = {
  Enter: "\r",
  Tab: "\t",
  Escape: "\x1b",
  Backspace: "\x7f",
};

/**
 * What a key that writes no text sends; undefined when it is none of these.
 * @param key its name as in `KeyboardEvent.key`
 * @param applicationCursor the program has asked for the other form of the cursor keys (DECCKM)
 */
export function keyBytes(key: string, modifiers: Modifiers, applicationCursor: boolean): string | undefined {
  const { ctrl, alt, shift = false } = modifiers;
  const modifier = 1 + Number(shift) + 2 * Number(alt) + 4 * Number(ctrl);
  const cursor = CURSOR[key];
  if (cursor !== undefined) {
    if (modifier > 1) return `\x1b[1;${modifier}${cursor}`;
    return (applicationCursor ? "\x1bO" : "\x1b[") + cursor;
  }
  const functionKey = FIRST_FUNCTION_KEYS[key];
  if (functionKey !== undefined)
    return modifier > 1 ? `\x1b[1;${modifier}${functionKey}` : `\x1bO${functionKey}`;
  const number = NUMBERED[key];
  if (number !== undefined) return modifier > 1 ? `\x1b[${number};${modifier}~` : `\x1b[${number}~`;
  if (key === "Tab" && shift) return "\x1b[Z";
  if (key === "Backspace" && ctrl) return `${alt ? "\x1b" : ""}\x08`;
  const plain = PLAIN[key];
  return plain === undefined ? undefined : (alt ? "\x1b" : "") + plain;
}

/** Typed text with Ctrl and Alt: they belong to its first character. */
export function withModifiers(text: string, { ctrl, alt }: Modifiers): string {
  const [first, ...rest] = text;
  if (first === undefined) return text;
  return (alt ? "\x1b" : "") + (ctrl ? control(first) : first) + rest.join("");
}

/** The control character of a key: `c` gives 0x03. Characters that have none stay what they are. */
function control(character: string): string {
  if (character === " ") return "\0";
  if (character === "?") return "\x7f";
  if (character === "/") return "\x1f";
  const code = character.toUpperCase().charCodeAt(0);
  return code >= 0x40 && code <= 0x5f ? String.fromCharCode(code & 0x1f) : character;
}
