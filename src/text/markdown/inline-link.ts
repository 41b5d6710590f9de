import { pairRuns } from "./emphasis.ts";
import { type Bracket, CLOSE, literal, put, type State } from "./inline-state.ts";
import { isLinkable, readTarget } from "./target.ts";

export function openBracket(state: State): void {
  state.brackets.push({ at: state.at, piece: state.pieces.length, runs: state.runs.length });
  literal(state, state.source[state.at] === "!" ? 2 : 1);
}

export function closeBracket(state: State): void {
  const bracket = state.brackets.pop();
  const next = state.at + 1;
  const target = bracket && state.source[next] === "(" ? readTarget(state.source, next) : undefined;
  if (!bracket) literal(state, 1);
  else if (next === state.source.length && mayGrow(state, bracket)) link(state, bracket, undefined, next);
  else if (typeof target === "object") link(state, bracket, target.url, target.end);
  else if (target && state.growing) link(state, bracket, undefined, state.source.length);
  else literal(state, 1);
}

/** Brackets that have only just been opened at the end of a growing text stay out of sight. */
export function hideOpenBrackets(state: State): void {
  for (const bracket of state.brackets.toReversed()) {
    const rest = state.source.slice(bracket.at, bracket.at + LONGEST_LINK_TEXT);
    if (bracket.at + rest.length < state.source.length || rest.includes("\n")) return;
    if (mayGrow(state, bracket)) state.pieces[bracket.piece] = { kind: "text", text: "" };
  }
}

const LONGEST_LINK_TEXT = 80;

/** Whether what has been written of a bracket so far may still become a link; most do, apart from `array[0]`. */
function mayGrow(state: State, bracket: Bracket): boolean {
  return state.growing && !/\w/.test(state.source.charAt(bracket.at - 1));
}

/** Makes a link of all that came since the bracket; without a URL (it is still being written), only its text. */
function link(state: State, bracket: Bracket, url: string | undefined, end: number): void {
  const image = state.source[bracket.at] === "!";
  pairRuns(state.runs.splice(bracket.runs));
  state.at = end;
  if (url !== undefined && isLinkable(url)) {
    if (bracket.piece === state.pieces.length - 1) put(state, image ? "🖼" : url, 0);
    state.pieces[bracket.piece] = { kind: "open", type: "text_link", url };
    state.pieces.push(CLOSE);
  } else {
    state.pieces[bracket.piece] = { kind: "text", text: "" };
    addAddress(state, bracket, url?.replace(/^mailto:([^?]*).*$/is, "$1") ?? "");
  }
  // Links hold no links, but an image may be one.
  if (!image) state.brackets.length = 0;
}

function addAddress(state: State, bracket: Bracket, address: string): void {
  const text = shortText(state, bracket);
  if (address !== "" && text !== address) put(state, text === "" ? address : ` (${address})`, 0);
}

/** The text since the bracket when it is only a few pieces long: enough to see whether it repeats the address. */
function shortText(state: State, bracket: Bracket): string | undefined {
  if (state.pieces.length - bracket.piece > 16) return undefined;
  let text = "";
  for (const piece of state.pieces.slice(bracket.piece)) {
    if (!("kind" in piece)) text += piece.character.repeat(piece.left);
    else if (piece.kind === "text" || piece.kind === "code") text += piece.text;
  }
  return text;
}
