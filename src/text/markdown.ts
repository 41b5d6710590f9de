import { clean } from "./clean.ts";
import type { RichText } from "./entities.ts";
import type { Block, Item } from "./markdown/block.ts";
import { parseBlocks } from "./markdown/blocks.ts";
import { parseInline } from "./markdown/inline.ts";
import { layTable } from "./markdown/table.ts";
import { Writer } from "./writer.ts";

/**
 * Renders the Markdown that coding agents write, CommonMark with tables, task lists and strikethrough, for a
 * messenger: the source is parsed once to a tree, and the tree is written as text with entities. There is no
 * source that it refuses, and nothing is lost but the markers. Takes time linear in the source.
 *
 * Line breaks stay where they are, and blank lines too, several as one. What has no counterpart is shown by
 * characters: bullets, numbers, boxes of tasks, bars of quotes within quotes, tables in a fixed-width block.
 * Links that a messenger would not take are written as `text (target)`; raw HTML stays as it is.
 *
 * @param options.growing the text is still being written: what is open in its last block counts as closed, so
 * that a frame does not show markers which the next one hides
 */
export function markdown(source: string, options: { growing?: boolean } = {}): RichText {
  const growing = options.growing ?? false;
  const writer = new Writer();
  // The other half of a pair may still come.
  const written = growing ? source.replace(/[\ud800-\udbff]$/, "") : source;
  writeBlocks(writer, parseBlocks(clean(written), growing), growing, 0);
  return writer.finish();
}

const BULLETS = ["•", "◦", "▪"];
const RULE = "─".repeat(10);

/** @param depth how many bullet lists there are around */
function writeBlocks(writer: Writer, blocks: readonly Block[], growing: boolean, depth: number): void {
  for (const [index, block] of blocks.entries()) {
    if (index > 0) writer.gap(block.apart || block.kind === "heading" ? 2 : 1);
    writeBlock(writer, block, growing && index === blocks.length - 1, depth);
  }
}

function writeBlock(writer: Writer, block: Block, growing: boolean, depth: number): void {
  if (block.kind === "heading") writeHeading(writer, block.level, block.source, growing);
  else if (block.kind === "paragraph") writeInline(writer, block.lines.join("\n"), growing);
  else if (block.kind === "code") writer.pre(trimBlankLines(block.lines).join("\n"), block.language);
  else if (block.kind === "rule") writer.text(RULE);
  else if (block.kind === "table") writer.pre(layTable(block.rows, block.align));
  else if (block.kind === "quote") writer.quote(() => writeBlocks(writer, block.blocks, growing, depth));
  else writeList(writer, block, growing, depth);
}

function writeHeading(writer: Writer, level: number, source: string, growing: boolean): void {
  writer.open("bold");
  if (level === 1) writer.open("underline");
  writeInline(writer, source, growing);
  if (level === 1) writer.close();
  writer.close();
}

function writeInline(writer: Writer, source: string, growing: boolean): void {
  for (const piece of parseInline(source, growing)) {
    if (piece.kind === "text") writer.text(piece.text);
    else if (piece.kind === "code") writer.code(piece.text);
    else if (piece.kind === "open") writer.open(piece.type, piece.url);
    else writer.close();
  }
}

function writeList(writer: Writer, list: Block & { kind: "list" }, growing: boolean, depth: number): void {
  const bullet = BULLETS[depth % BULLETS.length] ?? "";
  let number = -1;
  for (const [index, item] of list.items.entries()) {
    if (index > 0) writer.gap(item.apart ? 2 : 1);
    number = itemNumber(item, list.items[index - 1], number);
    const marker = list.ordered ? `${number}${item.marker.at(-1)}` : bullet;
    const first = `${label(item, marker, list.ordered)} `;
    const open = growing && index === list.items.length - 1;
    const inside = list.ordered ? depth : depth + 1;
    writer.indented(first, " ".repeat(first.length), () => writeBlocks(writer, item.blocks, open, inside));
  }
}

/** Numbers stay as they are written, but a list may also be numbered by repeating one number. */
function itemNumber(item: Item, previous: Item | undefined, number: number): number {
  return item.marker === previous?.marker ? number + 1 : Number.parseInt(item.marker, 10);
}

function label(item: Item, marker: string, ordered: boolean): string {
  if (item.done === undefined) return marker;
  const box = item.done ? "☑" : "☐";
  return ordered ? `${marker} ${box}` : box;
}

function trimBlankLines(lines: readonly string[]): string[] {
  const isText = (line: string) => line.trim() !== "";
  return lines.slice(0, lines.findLastIndex(isText) + 1).map((line) => line.trimEnd());
}
