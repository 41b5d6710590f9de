export const ENTER = Buffer.from("\r");

/** What must not be typed for a text: keys, and what ends a paste. C1 as well, which some take for their long forms. */
const CONTROLS = /[\0-\x08\x0b-\x1f\x7f-\x9f]/g;

/** A text as it may be typed: lines end with `\n`, and nothing in it presses a key but line ends and tabs. */
export function typeable(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(CONTROLS, "");
}

/**
 * The bytes that type a text.
 * @param asPaste The program has asked to be told what is pasted: then line ends are no Enter.
 */
export function keystrokes(text: string, asPaste: boolean): Buffer {
  const typed = typeable(text).replaceAll("\n", "\r");
  return Buffer.from(asPaste ? `\x1b[200~${typed}\x1b[201~` : typed);
}
