export type Style = "bold" | "italic" | "strikethrough";

/** A run of `*`, `_` or `~`, and what became of it once `pairRuns` has seen it. */
export interface Run {
  readonly character: string;
  readonly length: number;
  readonly canOpen: boolean;
  readonly canClose: boolean;
  /** Stands within a word or a path: two of these do not make a pair. */
  readonly inner: boolean;
  readonly slashBefore: boolean;
  readonly slashAfter: boolean;
  /** Position in the source, for the order of runs. */
  readonly at: number;
  /** Characters not used up by a pair: these stay as text. */
  left: number;
  /** Styles that end here, from the innermost outwards, and that start here, from the innermost outwards. */
  readonly closes: Style[];
  readonly opens: Style[];
}

/**
 * Looks at what stands around a run: the left- and right-flanking rules of CommonMark
 * (https://spec.commonmark.org/0.31.2/#emphasis-and-strong-emphasis), with two differences. Scripts written
 * without spaces count as a word border, so that `**注意：**请` is bold. And a star that looks like part of a
 * file glob or a product (`*.ts`, `2*3*4`) is left alone.
 */
export function readRun(source: string, at: number, length: number): Run {
  const character = source.charAt(at);
  const before = characterBefore(source, at);
  const after = characterAfter(source, at + length);
  const left = flanks(after, before);
  const right = flanks(before, after);
  const inner = character === "*" && left && right && !isSpaceless(before) && !isSpaceless(after);
  return {
    character,
    length,
    canOpen: left && mayOpen(source, at, length, right, before),
    canClose: right && mayClose(character, length, left, after),
    inner,
    slashBefore: before === "/",
    slashAfter: after === "/",
    at,
    left: length,
    closes: [],
    opens: [],
  };
}

/** What a left-flanking run needs besides: `_` no letter before it, `*` no glob, `~` a second one. */
function mayOpen(source: string, at: number, length: number, right: boolean, before: string): boolean {
  const character = source.charAt(at);
  if (character === "_") return !right || isPunctuation(before);
  if (character === "~") return length === 2;
  return length > 1 || !/^(?:\/|\.[\w*{])/.test(source.slice(at + 1, at + 3));
}

function mayClose(character: string, length: number, left: boolean, after: string): boolean {
  if (character === "_") return !left || isPunctuation(after);
  return character === "*" || length === 2;
}

/**
 * Pairs up the runs of one stretch of text, in linear time: a search that found nothing is not repeated.
 * @returns the runs that could still open something, in order; those lie within no pair.
 */
export function pairRuns(runs: readonly Run[]): Run[] {
  const openers: Run[] = [];
  const searched = new Map<string, number>();
  for (const run of runs) {
    if (run.canClose) close(run, openers, searched);
    if (run.canOpen && run.left > 0) openers.push(run);
  }
  return openers;
}

/** Opens what is still unclosed at the end of a growing text. @returns the styles to close there, in order. */
export function openUnclosed(openers: readonly Run[]): Style[] {
  const styles: Style[] = [];
  for (const run of openers) {
    if (run.inner || run.left > 3) continue;
    while (run.left > 0) styles.push(use(run, run.opens, run.left >= 2 ? 2 : 1));
  }
  return styles.reverse();
}

function close(run: Run, openers: Run[], searched: Map<string, number>): void {
  const key = [run.character, run.canOpen, run.length % 3, run.inner, run.slashBefore].join();
  while (run.left > 0) {
    const floor = searched.get(key) ?? -1;
    let index = openers.length - 1;
    while (index >= 0 && at(openers, index) > floor && !matches(openers[index], run)) index--;
    const opener = openers[index];
    if (!opener || opener.at <= floor) {
      searched.set(key, at(openers, openers.length - 1));
      return;
    }
    const count = opener.left >= 2 && run.left >= 2 ? 2 : 1;
    use(opener, opener.opens, count);
    use(run, run.closes, count);
    openers.length = opener.left > 0 ? index + 1 : index;
  }
}

function at(openers: readonly Run[], index: number): number {
  return openers[index]?.at ?? -1;
}

function matches(opener: Run | undefined, closer: Run): boolean {
  if (opener?.character !== closer.character) return false;
  if (opener.inner && closer.inner) return false;
  if (opener.slashAfter && closer.slashBefore) return false;
  if (!opener.canClose && !closer.canOpen) return true;
  return (opener.length + closer.length) % 3 !== 0 || (opener.length % 3 === 0 && closer.length % 3 === 0);
}

function use(run: Run, list: Style[], count: 1 | 2): Style {
  const style = run.character === "~" ? "strikethrough" : count === 2 ? "bold" : "italic";
  run.left -= count;
  list.push(style);
  return style;
}

/** Whether a run with `near` on its inner side and `far` on its outer side flanks the text. */
function flanks(near: string, far: string): boolean {
  if (isSpace(near)) return false;
  return !isPunctuation(near) || isSpace(far) || isPunctuation(far) || isSpaceless(far);
}

/** The edge of the text counts as white space. */
function isSpace(character: string): boolean {
  return character === "" || /\s/.test(character);
}

/** Also symbols, and so emoji, which may end in a variation selector. */
function isPunctuation(character: string): boolean {
  return /[\p{P}\p{S}]|\ufe0f/u.test(character);
}

function isSpaceless(character: string): boolean {
  return SPACELESS.test(character);
}

const SPACELESS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\u3000-\u303f\uff00-\uffef]/u;

function characterAfter(source: string, at: number): string {
  const code = source.codePointAt(at);
  return code === undefined ? "" : String.fromCodePoint(code);
}

function characterBefore(source: string, at: number): string {
  const unit = source.charAt(at - 1);
  return /[\udc00-\udfff]/.test(unit) ? source.slice(at - 2, at) : unit;
}
