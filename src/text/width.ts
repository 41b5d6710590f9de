import { graphemes } from "./graphemes.ts";

/**
 * How many terminal columns a text takes: 2 for wide East Asian characters and emoji (a ZWJ sequence, a flag
 * and a keycap are one emoji), 0 for combining marks, format and control characters, 1 for all else.
 * After Unicode Standard Annex 11 (https://www.unicode.org/reports/tr11/).
 */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  if (!CLUSTERED.test(text)) return sum(text);
  let width = 0;
  for (const { segment } of graphemes(text)) width += clusterWidth(segment);
  return width;
}

/** Cuts a text into what a reader takes for single characters, cheaply where they are code points anyway. */
export function clusters(text: string): string[] {
  if (!CLUSTERED.test(text)) return Array.from(text);
  return Array.from(graphemes(text), ({ segment }) => segment);
}

const PLAIN = /^[ -~]*$/;
/** What can join code points into one visible character. */
const CLUSTERED = /[\p{M}\p{Extended_Pictographic}\p{Regional_Indicator}\p{Cf}\u1100-\u11ff]/u;

function clusterWidth(cluster: string): number {
  const emoji = /^\p{Emoji_Presentation}|^\p{Regional_Indicator}{2}|\ufe0f|\u20e3/u.test(cluster);
  return emoji ? 2 : sum(cluster);
}

function sum(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

function characterWidth(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return 0;
  if (code < 0x300) return code === 0xad ? 0 : 1;
  if (isWide(code) || /\p{Emoji_Presentation}/u.test(character)) return 2;
  return /[\p{Mn}\p{Me}\p{Mc}\p{Cf}\u1160-\u11ff]/u.test(character) ? 0 : 1;
}

/** East_Asian_Width W and F, apart from the emoji, which the engine knows by property. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2329, 0x232a],
  [0x2e80, 0x3029],
  [0x302e, 0x303e],
  [0x3041, 0x3098],
  [0x309b, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x1b2fb],
  [0x1f200, 0x1f265],
  [0x20000, 0x3fffd],
];

function isWide(code: number): boolean {
  return code >= 0x1100 && WIDE.some(([first, last]) => code >= first && code <= last);
}
