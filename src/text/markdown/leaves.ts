import type { Align, Block } from "./block.ts";
import {
  countSpaces,
  fenceEnd,
  fenceEndBegun,
  fenceStart,
  headingStart,
  isRule,
  tableAlign,
  tableCells,
  underlineLevel,
} from "./block-start.ts";
import { addBlock, type Cursor, type Leaf, type State } from "./block-state.ts";

/** Takes a line that is not blank, after its containers have been opened: it goes on with a leaf or starts one. */
export function takeLeaf(state: State, cursor: Cursor): void {
  const { line, at, depth } = cursor;
  const spaces = countSpaces(line, at);
  const text = line.slice(at + spaces);
  const paragraph = state.leaf?.kind === "paragraph";
  if (spaces > 3 && !paragraph) takeIndented(state, line.slice(at + 4), depth);
  else if (spaces > 3 || !takeBlock(state, text, spaces, depth))
    takeParagraphLine(state, text.trimEnd(), depth);
}

export function takeFenceLine(state: State, leaf: Leaf & { kind: "fence" }, cursor: Cursor): void {
  const text = cursor.line.slice(cursor.at);
  state.blank = false;
  if (cursor.last && fenceEndBegun(text, leaf.fence)) return;
  if (countSpaces(text) < 4 && fenceEnd(text, leaf.fence)) state.leaf = undefined;
  else leaf.lines.push(text.slice(Math.min(countSpaces(text), leaf.indent)));
}

/** Makes a table of its head at the end of a growing text, so that it does not show as text first. */
export function completeTable(state: State): void {
  if (state.leaf?.kind !== "paragraph") return;
  const { lines } = state.leaf;
  const half = lines.length > 1 && /^\|[ :|-]*$/.test(lines.at(-1) ?? "") && lines.at(-2)?.includes("|");
  if (half) lines.pop();
  if (half || lines.at(-1)?.startsWith("|")) makeTable(state, state.leaf, []);
}

/** Takes a line that is more than text of a paragraph. */
function takeBlock(state: State, text: string, indent: number, depth: number): boolean {
  const inside = depth === state.stack.length;
  const { leaf } = state;
  if (inside && leaf?.kind === "paragraph") {
    if (takeUnderline(state, leaf, text) || takeAlign(state, leaf, text)) return true;
  }
  if (startLeaf(state, text, indent, depth)) return true;
  if (!inside || leaf?.kind !== "table" || !text.includes("|")) return false;
  leaf.rows.push(tableCells(text));
  return true;
}

/** Also a line outside of the paragraph's container, which CommonMark calls a lazy continuation. */
function takeParagraphLine(state: State, text: string, depth: number): void {
  if (state.leaf?.kind === "paragraph") {
    state.leaf.lines.push(text);
    return;
  }
  const lines = [text];
  addBlock(state, depth, { kind: "paragraph", lines, apart: state.blank });
  state.leaf = { kind: "paragraph", lines };
}

function takeIndented(state: State, text: string, depth: number): void {
  if (depth < state.stack.length || state.leaf?.kind !== "indented") {
    const lines: string[] = [];
    addBlock(state, depth, { kind: "code", lines, language: undefined, apart: state.blank });
    state.leaf = { kind: "indented", lines };
  }
  state.leaf.lines.push(text);
  state.blank = false;
}

function takeUnderline(state: State, paragraph: Leaf & { kind: "paragraph" }, text: string): boolean {
  const level = underlineLevel(text);
  const [source, more] = paragraph.lines;
  if (level === undefined || source === undefined || more !== undefined) return false;
  const apart = removeLast(state);
  addBlock(state, state.stack.length, { kind: "heading", level, source, apart });
  return true;
}

function takeAlign(state: State, paragraph: Leaf & { kind: "paragraph" }, text: string): boolean {
  const align = paragraph.lines.at(-1)?.includes("|") ? tableAlign(text) : undefined;
  if (align) makeTable(state, paragraph, align);
  return align !== undefined;
}

/** The last line of the paragraph becomes the head of a table. */
function makeTable(state: State, paragraph: Leaf & { kind: "paragraph" }, align: Align[]): void {
  const rows = [tableCells(paragraph.lines.pop() ?? "")];
  const apart = paragraph.lines.length === 0 && removeLast(state);
  addBlock(state, state.stack.length, { kind: "table", rows, align, apart });
  state.leaf = { kind: "table", rows };
}

/** @returns whether it stood apart */
function removeLast(state: State): boolean {
  return state.stack.at(-1)?.blocks.pop()?.apart ?? false;
}

function startLeaf(state: State, text: string, indent: number, depth: number): boolean {
  const apart = state.blank;
  const fence = fenceStart(text);
  if (fence) {
    const lines: string[] = [];
    addBlock(state, depth, { kind: "code", lines, language: fence.language, apart });
    state.leaf = { kind: "fence", lines, fence, indent };
    return true;
  }
  const heading = headingStart(text);
  const block: Block | undefined = heading
    ? { kind: "heading", ...heading, apart }
    : isRule(text)
      ? { kind: "rule", apart }
      : undefined;
  if (block) addBlock(state, depth, block);
  return block !== undefined;
}
