import { graphemes } from "./graphemes.ts";
/**
 * Where to end a part of a text that begins at `start`, may go no further than `furthest` and should reach `least`,
 * all of them positions in the text: at the last blank line, else line end, sentence end, white space, else
 * between two characters. Looks at nothing after the character at `furthest`, and takes time in proportion to
 * the part.
 */
export function findBreak(text: string, start: number, least: number, furthest: number): number {
  const stretch = text.slice(least, furthest + 1);
  const blankLine = stretch.lastIndexOf("\n\n");
  if (blankLine >= 0) return least + blankLine + 1;
  const newline = stretch.lastIndexOf("\n");
  if (newline >= 0) return least + newline;
  let space = -1;
  for (let at = furthest; at >= least; at--) {
    if (SENTENCE_END.test(text.slice(at - 1, at + 1))) return at;
    if (space < 0 && /\s/.test(text.charAt(at))) space = at;
  }
  return space >= 0 ? space : characterBreak(text, start, furthest);
}

/** The character before the break and the one after. */
const SENTENCE_END = /^(?:[.!?…:;][\s]|[。！？；])/;
/** No visible character is longer, apart from those made to be. */
const LONGEST = 64;

function characterBreak(text: string, start: number, furthest: number): number {
  if (/^[ -~]{2}$/.test(text.slice(furthest - 1, furthest + 1))) return furthest;
  const from = Math.max(furthest - LONGEST, start);
  const next = String.fromCodePoint(text.codePointAt(furthest) ?? 0);
  const around = text.slice(from, furthest + next.length);
  const borders = Array.from(graphemes(around), ({ index }) => from + index);
  const found = borders.findLast((border) => border <= furthest) ?? from;
  if (found > from) return found;
  const inPair =
    /[\ud800-\udbff]$/.test(text.slice(start + 1, furthest)) &&
    /^[\udc00-\udfff]/.test(text.charAt(furthest));
  return inPair ? furthest - 1 : furthest;
}
