import { findBreak } from "./break.ts";
import type { Entity, RichText } from "./entities.ts";

/**
 * Splits a text into parts that each fit into one message. A part ends at a blank line if there is one in its
 * second half, else at a line end, a sentence, a space, and only then anywhere, but not within a character. A
 * `pre` is kept whole when breaking before it leaves the part half full. Entities that cross a border go on in
 * the next part, `pre` with its language.
 *
 * White space at a border goes, because Telegram trims it anyway; within `pre` only the line break does, so that
 * the next line keeps its indentation. There is no part without visible characters.
 *
 * A part depends on nothing that lies beyond its own limit: when more text is appended, the parts before the
 * last stay as they are.
 *
 * @param limits.length UTF-16 units in a part, at least 2 (a surrogate pair)
 * @param limits.entities entities in a part; Telegram drops those after the hundredth without a word
 */
export function split(rich: RichText, limits: { length?: number; entities?: number } = {}): RichText[] {
  const source: Source = {
    text: rich.text.trimEnd(),
    entities: [...rich.entities].sort((a, b) => a.offset - b.offset || b.length - a.length),
    length: Math.max(limits.length ?? 4096, 2),
    most: limits.entities ?? 90,
  };
  const parts: RichText[] = [];
  const cursor: Cursor = { at: 0, open: [], next: 0 };
  skipSpace(source, cursor);
  while (cursor.at < source.text.length) {
    const part = takePart(source, cursor);
    if (VISIBLE.test(part.text)) parts.push(part);
    skipSpace(source, cursor);
  }
  return parts;
}

/** Telegram calls a message of nothing but these empty (`strip_empty_characters` in TDLib). */
const VISIBLE = /[^\s\u180e\u200b-\u200f\u2800\ufffc]/;

interface Source {
  readonly text: string;
  /** By offset, the outer ones first. */
  readonly entities: readonly Entity[];
  readonly length: number;
  readonly most: number;
}

interface Cursor {
  /** Where the next part starts. */
  at: number;
  /** Entities that started before and go on here, the outer ones first. */
  open: Entity[];
  /** The first entity that starts here or later. */
  next: number;
}

function takePart(source: Source, cursor: Cursor): RichText {
  const start = cursor.at;
  const furthest = Math.min(start + source.length, entityLimit(source, cursor));
  const cut = furthest < source.text.length ? chooseCut(source, cursor, furthest) : source.text.length;
  const inside = takeEntities(source, cursor, cut);
  const pre = inside.findLast((entity) => entity.type === "pre" && entity.offset < cut);
  const end = trimEnd(source.text, cut, Math.max(start, pre ? endOf(pre) : 0));
  cursor.at =
    cut < source.text.length && pre && cut < endOf(pre) && source.text[cut] === "\n" ? cut + 1 : cut;
  const entities = inside.map((entity) => clip(entity, start, end)).filter((entity) => entity.length > 0);
  return { text: source.text.slice(start, end), entities: entities.slice(0, source.most) };
}

/** Where the first entity starts that would be one too many. Those at the very start can only be dropped. */
function entityLimit({ entities, most }: Source, cursor: Cursor): number {
  for (let index = cursor.next + Math.max(most - cursor.open.length, 0); index < entities.length; index++) {
    const offset = entities[index]?.offset ?? 0;
    if (offset > cursor.at) return offset;
  }
  return Number.POSITIVE_INFINITY;
}

function chooseCut(source: Source, cursor: Cursor, furthest: number): number {
  const least = cursor.at + Math.max(Math.ceil((furthest - cursor.at) / 2), 1);
  const cut = findBreak(source.text, cursor.at, least, furthest);
  const pre = preAround(source, cursor, cut);
  if (!pre || pre.offset === cursor.at) return cut;
  // Telegram would trim off a share of nothing but indentation, and the entity with it.
  const blank = source.text.slice(pre.offset, cut).trim() === "";
  return blank || pre.offset >= least ? pre.offset : cut;
}

function preAround(source: Source, cursor: Cursor, at: number): Entity | undefined {
  for (let index = cursor.next; index < source.entities.length; index++) {
    const entity = source.entities[index];
    if (!entity || entity.offset >= at) return undefined;
    if (entity.type === "pre" && at < endOf(entity)) return entity;
  }
  return undefined;
}

/** The entities that have a share in the part up to the cut; keeps those that go on after it. */
function takeEntities({ entities }: Source, cursor: Cursor, cut: number): Entity[] {
  const inside = [...cursor.open];
  for (; cursor.next < entities.length; cursor.next++) {
    const entity = entities[cursor.next];
    if (!entity || entity.offset >= cut) break;
    inside.push(entity);
  }
  cursor.open = inside.filter((entity) => endOf(entity) > cut);
  return inside;
}

function clip(entity: Entity, start: number, end: number): Entity {
  const offset = Math.max(entity.offset, start);
  return { ...entity, offset: offset - start, length: Math.min(endOf(entity), end) - offset };
}

/** Moves on to what the next part starts with: the next visible character, or a `pre` with its indentation. */
function skipSpace({ text, entities }: Source, cursor: Cursor): void {
  let { next } = cursor;
  const goesOn = (entity: Entity) => endOf(entity) > cursor.at;
  cursor.open = cursor.open.filter(goesOn);
  if (cursor.open.some((entity) => entity.type === "pre")) return;
  for (; /\s/.test(text.charAt(cursor.at)); cursor.at++) {
    for (; (entities[next]?.offset ?? text.length) <= cursor.at; next++) {
      if (entities[next]?.type === "pre") return;
    }
  }
  cursor.open = cursor.open.filter(goesOn);
}

function trimEnd(text: string, from: number, least: number): number {
  let end = from;
  while (end > least && /\s/.test(text.charAt(end - 1))) end--;
  return end;
}

function endOf(entity: Entity): number {
  return entity.offset + entity.length;
}
