/**
 * The key by which a terminal is left: `C-a`, `Ctrl-a`, `^A`, `C-\`, `^]`.
 * @returns the byte by which terminals send it, unless the program wants it otherwise; undefined for what is no such key.
 */
export function readDetachKey(words: string): number | undefined {
  const character = /^(?:\^|c-|ctrl-)([a-z@\\\]^_])$/i.exec(words)?.[1]?.toUpperCase();
  return character === undefined ? undefined : character.charCodeAt(0) & 0x1f;
}

/** How programs have keys sent that want to tell them all apart: https://sw.kovidgoyal.net/kitty/keyboard-protocol/ */
const KITTY = /\x1b\[(\d+)(?::\d*)*;(\d+)(?::(\d))?(?:;[\d:]*)?u/g;
/** The same of xterm (modifyOtherKeys). */
const OTHER_KEYS = /\x1b\[27;(\d+);(\d+)~/g;
const CTRL = 4;
/** Caps lock and num lock make no other key. */
const LOCKS = 64 | 128;
const RELEASED = "3";

/** Where in what was typed the key stands; -1 where it does not. */
export function findDetachKey(typed: Buffer, byte: number): number {
  const plain = typed.indexOf(byte);
  if (!typed.includes(0x1b)) return plain;
  const text = typed.toString("latin1");
  const isMeant = (code: string | undefined, modifiers: string | undefined): boolean =>
    ((Number(modifiers) - 1) & ~LOCKS) === CTRL && (Number(code) & 0x1f) === byte && Number(code) >= 0x40;
  const kitty = [...text.matchAll(KITTY)].filter(
    ([, code, modifiers, event]) => event !== RELEASED && isMeant(code, modifiers),
  );
  const other = [...text.matchAll(OTHER_KEYS)].filter(([, modifiers, code]) => isMeant(code, modifiers));
  const places = [...kitty, ...other].map(({ index }) => index);
  if (plain >= 0) places.push(plain);
  return places.length === 0 ? -1 : Math.min(...places);
}
