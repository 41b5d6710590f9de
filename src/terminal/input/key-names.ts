import { keyBytes, withModifiers } from "../key-bytes.ts";

/** What people call keys, besides their names in `KeyboardEvent.key`. */
const NAMES: Readonly<Record<string, string>> = {
  esc: "Escape",
  return: "Enter",
  space: " ",
  up: "ArrowUp",
  down: "ArrowDown",
  left: "ArrowLeft",
  right: "ArrowRight",
  pgup: "PageUp",
  pgdn: "PageDown",
  del: "Delete",
  ins: "Insert",
  bspace: "Backspace",
};
const KNOWN = [
  "Enter",
  "Tab",
  "Escape",
  "Backspace",
  "Home",
  "End",
  "Insert",
  "Delete",
  "PageUp",
  "PageDown",
];

/**
 * What a key sends: `Enter`, `Up`, `F5`, `C-c`, `M-x`, `S-Tab`, or a character.
 * @param applicationCursor The program has asked for the other form of the cursor keys (DECCKM).
 * @returns undefined for what is no key.
 */
export function namedKey(name: string, applicationCursor: boolean): string | undefined {
  const [, prefixes = "", rest = ""] = /^((?:[CMS]-)*)([\s\S]+)$/.exec(name) ?? [];
  const modifiers = {
    ctrl: prefixes.includes("C-"),
    alt: prefixes.includes("M-"),
    shift: prefixes.includes("S-"),
  };
  const lower = rest.toLowerCase();
  const key =
    NAMES[lower] ?? KNOWN.find((each) => each.toLowerCase() === lower) ?? rest.replace(/^f(?=\d)/, "F");
  const bytes = keyBytes(key, modifiers, applicationCursor);
  if (bytes !== undefined) return bytes;
  // One character, as people see it.
  if ([...new Intl.Segmenter().segment(key)].length !== 1 || /\p{Cc}/u.test(key)) return undefined;
  return withModifiers(modifiers.shift ? key.toUpperCase() : key, modifiers);
}
