import { literal, type State } from "./inline-state.ts";

/** Code spans (https://spec.commonmark.org/0.31.2/#code-spans): the next run of as many backticks closes. */
export function takeCode(state: State): void {
  const length = runLength(state.source, state.at);
  const start = state.at + length;
  const end = nextTicks(state, length, start);
  if (end === undefined && !state.growing) {
    literal(state, length);
    return;
  }
  const content = state.source.slice(start, end).replaceAll("\n", " ");
  state.pieces.push({ kind: "code", text: end === undefined ? content.replace(/^ /, "") : unpad(content) });
  state.at = end === undefined ? state.source.length : end + length;
}

/** One space on both sides sets off code that begins or ends with a backtick. */
function unpad(content: string): string {
  const padded = content.startsWith(" ") && content.endsWith(" ") && content.trim() !== "";
  return padded ? content.slice(1, -1) : content;
}

export function runLength(source: string, at: number): number {
  let end = at;
  while (source[end] === source[at]) end++;
  return end - at;
}

/** The places of all runs are noted once, and those that lie behind are taken off for good: linear in the source. */
function nextTicks(state: State, length: number, from: number): number | undefined {
  state.ticks ??= findTicks(state.source);
  const places = state.ticks.get(length) ?? [];
  while ((places.at(-1) ?? from) < from) places.pop();
  return places.at(-1);
}

function findTicks(source: string): Map<number, number[]> {
  const ticks = new Map<number, number[]>();
  for (const { 0: run, index } of source.matchAll(/`+/g)) {
    const places = ticks.get(run.length) ?? [];
    places.push(index);
    ticks.set(run.length, places);
  }
  for (const places of ticks.values()) places.reverse();
  return ticks;
}
