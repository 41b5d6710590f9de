import { ESCAPE_SEQUENCE } from "./clean.ts";
import type { Entity, EntityType, RichText } from "./entities.ts";
import { clusters, displayWidth } from "./width.ts";
import { type Cell, wrapCells } from "./wrap.ts";

/** One line on the terminal. */
export interface Row {
  readonly frame: Frame;
  readonly cells: readonly Cell<Look>[];
}

/** What stands at the left of a line. */
export interface Frame {
  readonly text: string;
  readonly quote: boolean;
  readonly pre: boolean;
}

export type Look = Partial<Record<Exclude<EntityType, "text_link">, true>> & { readonly url?: string };

/** Breaks a text into the lines that fit into so many columns. Plain text has the address of a link after it. */
export function rows(rich: RichText, columns: number, colors: boolean): Row[] {
  const result: Row[] = [];
  for (const line of lines(rich, colors)) {
    const frame = frameOf(line.look);
    const room = Math.max(columns - displayWidth(frame.text), 1);
    for (const cells of wrapCells(line.cells, room, !frame.pre)) result.push({ frame, cells });
  }
  return result;
}

interface Line {
  /** Of its first character, or of the line break before it. */
  look: Look;
  readonly cells: Cell<Look>[];
}

function lines({ text, entities }: RichText, colors: boolean): Line[] {
  if (text === "") return [];
  const safe = withoutControls(text);
  const first: Line = { look: {}, cells: [] };
  const result = [first];
  let at = 0;
  const open = new Set<Entity>();
  for (const { entity, position, starts } of borders(entities)) {
    add(result, safe.slice(at, position), lookOf(open, colors));
    at = position;
    if (starts) open.add(entity);
    else open.delete(entity);
    const address = starts || colors ? undefined : addressOf(entity, text);
    if (address !== undefined) add(result, ` (${withoutControls(address)})`, lookOf(open, colors));
  }
  add(result, safe.slice(at), lookOf(open, colors));
  return result;
}

/**
 * Puts U+0000, which is left out later, in the place of everything that a terminal acts upon, so that positions stay:
 * escape sequences (ECMA-48), C0 and C1 controls, and the marks that turn the direction of writing around.
 */
function withoutControls(text: string): string {
  return text
    .replace(/[\t\u2028\u2029]/g, " ")
    .replace(/\p{Surrogate}/gu, "\ufffd")
    .replace(ESCAPE_SEQUENCE, (match) => "\0".repeat(match.length))
    .replace(/[\0-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g, "\0");
}

interface Border {
  readonly entity: Entity;
  readonly position: number;
  readonly starts: boolean;
}

function borders(entities: readonly Entity[]): Border[] {
  return entities
    .flatMap((entity) => [
      { entity, position: entity.offset, starts: true },
      { entity, position: entity.offset + entity.length, starts: false },
    ])
    .sort((a, b) => a.position - b.position || Number(a.starts) - Number(b.starts));
}

function lookOf(open: ReadonlySet<Entity>, colors: boolean): Look {
  const look: Look & { url?: string } = {};
  for (const { type, url } of open) {
    if (type !== "text_link") look[type] = true;
    else if (colors && url !== undefined) look.url = url;
  }
  return look;
}

function addressOf({ type, url, offset, length }: Entity, text: string): string | undefined {
  if (type !== "text_link" || url === text.slice(offset, offset + length)) return undefined;
  return url;
}

function add(result: Line[], text: string, look: Look): void {
  for (const [index, piece] of text.split("\n").entries()) {
    if (index > 0) result.push({ look, cells: [] });
    const line = result.at(-1);
    if (!line || piece === "") continue;
    if (line.cells.length === 0) line.look = look;
    for (const character of clusters(piece.replaceAll("\0", ""))) {
      line.cells.push({ character, width: displayWidth(character), look });
    }
  }
}

function frameOf(look: Look): Frame {
  const quote = look.blockquote === true || look.expandable_blockquote === true;
  const pre = look.pre === true;
  return { text: (quote ? "│ " : "") + (pre ? "  " : ""), quote, pre };
}
