import { openUnclosed, pairRuns, type Run, readRun } from "./emphasis.ts";
import { htmlEntity } from "./escapes.ts";
import { runLength, takeCode } from "./inline-code.ts";
import { closeBracket, hideOpenBrackets, openBracket } from "./inline-link.ts";
import { CLOSE, type Inline, literal, put, type State } from "./inline-state.ts";
import { isLinkable } from "./target.ts";

/**
 * Parses the Markdown within a paragraph, heading or table cell. Takes linear time for any source.
 * @param growing the source is the end of a text that is still being written: what is open there counts as
 * closed, and markers at the very end, which could become anything, are left out
 */
export function parseInline(source: string, growing = false): Inline[] {
  const text = growing ? withoutLastMarkers(source) : source;
  const state: State = { source: text, growing, at: 0, pieces: [], runs: [], brackets: [], ticks: undefined };
  while (state.at < text.length) takeNext(state);
  if (growing) hideOpenBrackets(state);
  const openers = pairRuns(state.runs);
  const unclosed = growing ? openUnclosed(openers) : [];
  return [...expand(state.pieces), ...unclosed.map(() => CLOSE)];
}

/** What is left of inline Markdown where there can be no formatting. */
export function inlineText(source: string): string {
  return parseInline(source)
    .map((piece) => (piece.kind === "text" || piece.kind === "code" ? piece.text : ""))
    .join("");
}

function withoutLastMarkers(source: string): string {
  let end = source.length;
  while (end > 0 && "*_~`\\".includes(source.charAt(end - 1))) end--;
  return source.slice(0, end);
}

const SPECIAL = /[\\`*_~[\]!<&]|https?:\/\//g;

const TAKE: Record<string, (state: State) => void> = {
  "\\": takeEscape,
  "`": takeCode,
  "*": takeRun,
  _: takeUnderscores,
  "~": takeRun,
  "[": openBracket,
  "]": closeBracket,
  "!": takeExclamation,
  "<": takeAngle,
  "&": takeEntity,
  "http://": takeUrl,
  "https://": takeUrl,
};

function takeNext(state: State): void {
  SPECIAL.lastIndex = state.at;
  const special = SPECIAL.exec(state.source);
  const end = special?.index ?? state.source.length;
  if (end > state.at) literal(state, end - state.at);
  if (special) TAKE[special[0]]?.(state);
}

/** Also for a hard line break, the backslash at a line end. */
function takeEscape(state: State): void {
  const next = state.source.charAt(state.at + 1);
  if (next === "\n") put(state, "", 1);
  else if (/[!-/:-@[-`{-~]/.test(next)) put(state, next, 2);
  else literal(state, 1);
}

function takeRun(state: State): void {
  const run = readRun(state.source, state.at, runLength(state.source, state.at));
  if (!run.canOpen && !run.canClose) {
    literal(state, run.length);
    return;
  }
  state.pieces.push(run);
  state.runs.push(run);
  state.at += run.length;
}

/** Names such as `__init__` are far more common in agents' answers than bold written with underscores. */
const DUNDER = /(?<!\w)__[a-z][a-z0-9_]{0,40}__(?!\w)/y;

function takeUnderscores(state: State): void {
  const name = match(DUNDER, state);
  if (name) literal(state, name[0].length);
  else takeRun(state);
}

function takeExclamation(state: State): void {
  if (state.source[state.at + 1] === "[") openBracket(state);
  else literal(state, 1);
}

const AUTOLINK = /<((?:https?|ftp|mailto|tg):[^\s<>]*|[\w.+-]+@[\w.-]+)>/iy;
const CUT_AUTOLINK = /(?<!\w)<([a-z]{0,5}|(?:https?|ftp|mailto|tg):[^\s<>]*)$/iy;
const TAG = /<\/?[a-z][^<>\n]*>/iy;

/** An address in angle brackets, or raw HTML, or just a bracket. */
function takeAngle(state: State): void {
  const autolink = match(AUTOLINK, state) ?? (state.growing ? match(CUT_AUTOLINK, state) : undefined);
  const [whole = "", url = ""] = autolink ?? [];
  if (!autolink) literal(state, match(TAG, state)?.[0].length ?? 1);
  else if (!isLinkable(url)) put(state, url, whole.length);
  else {
    state.pieces.push({ kind: "open", type: "text_link", url });
    put(state, url, whole.length);
    state.pieces.push(CLOSE);
  }
}

const ENTITY = /&(?:#\w{1,8}|[a-z]{1,8});/iy;

function takeEntity(state: State): void {
  const entity = match(ENTITY, state)?.[0];
  if (entity === undefined) literal(state, 1);
  else put(state, htmlEntity(entity), entity.length);
}

const BARE_URL = /https?:\/\/[^\s<>`*[\]\\&~]{0,}/y;

/** Telegram links bare addresses itself; they only have to be kept from being read as emphasis. */
function takeUrl(state: State): void {
  let length = match(BARE_URL, state)?.[0].length ?? 1;
  while (state.source[state.at + length - 1] === "_") length--;
  literal(state, length);
}

function match(sticky: RegExp, state: State): RegExpExecArray | undefined {
  sticky.lastIndex = state.at;
  return sticky.exec(state.source) ?? undefined;
}

function expand(pieces: readonly (Inline | Run)[]): Inline[] {
  const result: Inline[] = [];
  for (const piece of pieces) {
    if ("kind" in piece) {
      result.push(piece);
      continue;
    }
    for (const _ of piece.closes) result.push(CLOSE);
    if (piece.left > 0) result.push({ kind: "text", text: piece.character.repeat(piece.left) });
    for (const type of piece.opens.toReversed()) result.push({ kind: "open", type });
  }
  return result;
}
