import type { Block } from "./block.ts";
import { countSpaces, isBlank, isRule, type Marker, markerStart, quoteStart } from "./block-start.ts";
import { addBlock, type Cursor, closeTo, type State } from "./block-state.ts";
import { completeTable, takeFenceLine, takeLeaf } from "./leaves.ts";

/**
 * Parses the block structure of a Markdown text, line by line as CommonMark's parsing strategy has it
 * (https://spec.commonmark.org/0.31.2/#appendix-a-parsing-strategy). Lenient where agents are: a nested list
 * may be indented too little, and so may the lines of a fence in a list item.
 * Expects a text that `clean` has been through. Nesting is bounded; markers beyond that stay as text.
 * @param growing the text is still being written: its last line is not yet taken for what it may not stay
 */
export function parseBlocks(source: string, growing = false): Block[] {
  const root: Block[] = [];
  const state: State = { stack: [{ kind: "document", blocks: root }], leaf: undefined, blank: false };
  const lines = source.split("\n");
  for (const [index, line] of lines.entries()) {
    const last = growing && index === lines.length - 1;
    // A line end at the end of a growing text does not mean that a blank line follows.
    if (!last || !isBlank(line)) takeLine(state, line, last);
  }
  if (growing) completeTable(state);
  return root;
}

const MAX_DEPTH = 16;

function takeLine(state: State, line: string, last: boolean): void {
  const cursor: Cursor = { line, at: 0, depth: 1, last };
  while (cursor.depth < state.stack.length && continueContainer(state, cursor)) cursor.depth++;
  const { leaf } = state;
  if (isBlank(line, cursor.at)) takeBlank(state, cursor.depth);
  else if (leaf?.kind === "fence" && cursor.depth === state.stack.length) takeFenceLine(state, leaf, cursor);
  else takeText(state, cursor);
}

function takeText(state: State, cursor: Cursor): void {
  do {
    if (cursor.last && isUndecided(state, cursor.line.slice(cursor.at).trimStart())) return;
  } while (openContainer(state, cursor));
  if (!isBlank(cursor.line, cursor.at)) takeLeaf(state, cursor);
}

/** Moves the cursor past what marks the line as part of the container; false when it does not belong to it. */
function continueContainer(state: State, cursor: Cursor): boolean {
  const container = state.stack[cursor.depth];
  const { line, at } = cursor;
  const spaces = countSpaces(line, at);
  if (container?.kind === "quote") {
    const next = quoteStart(line, at);
    cursor.at = next ?? at;
    return next !== undefined;
  }
  if (container?.kind !== "item") return false;
  cursor.at += Math.min(spaces, container.width);
  if (spaces >= container.width || isBlank(line, at) || inFenceOfItem(state, cursor.depth)) return true;
  if (spaces >= container.indent + 2 && startsNestedList(line.slice(at + spaces))) return true;
  cursor.at = at;
  return false;
}

/** Closing the item would take the end of the fence for the start of another, and turn all that follows around. */
function inFenceOfItem(state: State, depth: number): boolean {
  return state.leaf?.kind === "fence" && state.stack.slice(depth).every(({ kind }) => kind === "item");
}

function startsNestedList(text: string): boolean {
  const marker = markerStart(text);
  return marker !== undefined && (marker.number ?? 1) === 1;
}

function takeBlank(state: State, depth: number): void {
  closeTo(state, depth);
  const { leaf } = state;
  if (leaf?.kind === "fence" || leaf?.kind === "indented") leaf.lines.push("");
  else state.leaf = undefined;
  state.blank = true;
}

/**
 * Whether the end of a growing text may become another marker than it looks like: a fence, a rule, the underline
 * of a heading, an item or a task.
 */
function isUndecided(state: State, text: string): boolean {
  if (/^(?:[-+*_=~`#]+|\d{1,9}[.)]) *$|^(?:[-+*]|\d{1,9}[.)]) +\[[ xX]?\]?$/.test(text)) return true;
  return state.stack.length > 1 && /^\d{1,9}$/.test(text);
}

function openContainer(state: State, cursor: Cursor): boolean {
  const { line, at, depth } = cursor;
  if (depth >= MAX_DEPTH || countSpaces(line, at) > 3) return false;
  const quote = quoteStart(line, at);
  if (quote !== undefined) {
    openQuote(state, depth);
    cursor.at = quote;
  } else {
    const text = line.slice(at).trimStart();
    const marker = isRule(text) ? undefined : markerStart(text);
    if (!marker || (isInterrupting(state, depth) && !mayInterrupt(marker))) return false;
    openItem(state, cursor, marker);
  }
  cursor.depth++;
  return true;
}

function isInterrupting(state: State, depth: number): boolean {
  return state.leaf?.kind === "paragraph" && depth === state.stack.length;
}

/** A line of a paragraph may well begin with a dash or a year. */
function mayInterrupt(marker: Marker): boolean {
  return !marker.empty && (marker.number ?? 1) === 1;
}

function openQuote(state: State, depth: number): void {
  const blocks: Block[] = [];
  addBlock(state, depth, { kind: "quote", blocks, apart: state.blank });
  state.stack.push({ kind: "quote", blocks });
}

function openItem(state: State, cursor: Cursor, marker: Marker): void {
  const { line, depth } = cursor;
  const indent = countSpaces(line, cursor.at);
  const width = indent + marker.width;
  cursor.at = Math.min(cursor.at + width, line.length);
  const done = takeTask(cursor);
  const apart = state.blank;
  const list = openList(state, depth, marker.number !== undefined);
  const blocks: Block[] = [];
  list.items.push({ marker: marker.marker, done, blocks, apart: apart && list.items.length > 0 });
  state.stack.push({ kind: "item", blocks, indent, width });
}

function openList(state: State, depth: number, ordered: boolean): Block & { kind: "list" } {
  closeTo(state, depth);
  const last = state.stack.at(-1)?.blocks.at(-1);
  const fits = last?.kind === "list" && last.ordered === ordered;
  const list: Block & { kind: "list" } = fits
    ? last
    : { kind: "list", ordered, items: [], apart: state.blank };
  if (!fits) addBlock(state, depth, list);
  state.leaf = undefined;
  state.blank = false;
  return list;
}

/** Moves the cursor past `[ ]` or `[x]`. */
function takeTask(cursor: Cursor): boolean | undefined {
  const text = cursor.line.slice(cursor.at, cursor.at + 4);
  if (!/^\[[ xX]\](?: |$)/.test(text)) return undefined;
  cursor.at += text.length;
  return text[1] !== " ";
}
