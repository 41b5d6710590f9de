import { badRequest, type MessageEntity } from "./wire.ts";

export interface Cleaned {
  text: string;
  entities: MessageEntity[];
}

export interface TextReport {
  violation(what: string): void;
  droppedEntities(count: number): void;
}

const MAX_ENTITIES = 100;
const MAX_SOURCE_BYTES = 32_768;
const SENDABLE = new Set(
  `bold italic underline strikethrough spoiler code pre text_link text_mention custom_emoji
   blockquote expandable_blockquote`.split(/\s+/),
);
const INVISIBLE = /^[\s\u200b-\u200f\u2060\ufeff]*$/;

/**
 * What the server makes of a text with entities: checked, cleaned, trimmed, cut to 100 entities. May be empty.
 * @throws Refusal for text that is not valid Unicode or over 32,768 bytes, and for entities that do not fit it.
 */
export function cleanText(text: string, given: readonly MessageEntity[], report: TextReport): Cleaned {
  if (/\p{Surrogate}/u.test(text)) throw badRequest("text must be encoded in UTF-8");
  if (Buffer.byteLength(text) > MAX_SOURCE_BYTES) throw badRequest("text is too long");
  const entities = [...given].sort((a, b) => a.offset - b.offset || b.length - a.length);
  for (const entity of entities) checkEntity(text, entity, report);
  checkNesting(entities, report);
  if (entities.length > MAX_ENTITIES) report.droppedEntities(entities.length - MAX_ENTITIES);
  return trim(replaceControls({ text, entities: entities.slice(0, MAX_ENTITIES) }));
}

/** Text as it is counted for the limits of 4096 and 1024: in code points. */
export function lengthOf(text: string): number {
  return [...text].length;
}

// The server repairs some of these silently; here each is a mistake of the bot that must show.
function checkEntity(text: string, entity: MessageEntity, report: TextReport): void {
  const problem = problemOf(text, entity);
  if (problem === undefined) return;
  report.violation(`${problem}: ${JSON.stringify(entity)} in ${JSON.stringify(text.slice(0, 80))}`);
  throw badRequest(problem);
}

function problemOf(text: string, { type, offset, length, url, language }: MessageEntity): string | undefined {
  const end = offset + length;
  const beginning = `entity beginning at UTF-16 offset ${offset}`;
  if (!SENDABLE.has(type)) return `can't parse MessageEntity: unsupported type ${type}`;
  if (!Number.isInteger(offset) || offset < 0) return `receive an entity with incorrect offset ${offset}`;
  if (!Number.isInteger(length) || length <= 0) return `receive an entity with incorrect length ${length}`;
  if (offset > text.length) return `entity begins after the end of the text at UTF-16 offset ${offset}`;
  if (end > text.length) return `${beginning} ends after the end of the text at UTF-16 offset ${end}`;
  if (splitsPair(text, offset)) return "entity begins in a middle of a UTF-16 symbol";
  if (splitsPair(text, end)) return `${beginning} ends in a middle of a UTF-16 symbol`;
  if ((type === "text_link") !== (url !== undefined)) return `can't parse MessageEntity: url of ${type}`;
  if (language !== undefined && type !== "pre") return `can't parse MessageEntity: language of ${type}`;
  return undefined;
}

function splitsPair(text: string, at: number): boolean {
  return at > 0 && /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(at - 1, at + 1));
}

/** `sorted`: by offset, the longer first. */
function checkNesting(sorted: readonly MessageEntity[], report: TextReport): void {
  sorted.forEach((outer, index) => {
    for (const inner of sorted.slice(index + 1)) {
      const outerEnd = outer.offset + outer.length;
      if (inner.offset >= outerEnd) return;
      const pair = `${JSON.stringify(outer)} and ${JSON.stringify(inner)}`;
      if (inner.offset + inner.length > outerEnd) {
        report.violation(`entities overlap without nesting: ${pair}`);
        throw badRequest("entities intersect without nesting");
      }
      const same = inner.offset === outer.offset && inner.length === outer.length;
      if (isCode(outer) || (same && isCode(inner))) report.violation(`an entity inside code: ${pair}`);
      if (isQuote(outer) && isQuote(inner)) report.violation(`a quote inside a quote: ${pair}`);
    }
  });
}

const isCode = (entity: MessageEntity): boolean => entity.type === "code" || entity.type === "pre";
const isQuote = (entity: MessageEntity): boolean => entity.type.endsWith("blockquote");

/** Tabs and control characters become one space each; CR, U+2028-202E and three combining marks vanish. */
function replaceControls({ text, entities }: Cleaned): Cleaned {
  const spaced = text.replace(/[\0-\x09\x0b\x0c\x0e-\x1f]/g, " ");
  const vanishing = /[\r\u2028-\u202e]|\u0333|\u033f|\u030a/g;
  const gone = [...spaced.matchAll(vanishing)].map((match) => match.index);
  const moved = (at: number): number => at - gone.filter((index) => index < at).length;
  return { text: spaced.replace(vanishing, ""), entities: between(entities, moved) };
}

/** White space goes at the end, and at the start as far as the first entity. */
function trim({ text, entities }: Cleaned): Cleaned {
  if (INVISIBLE.test(text)) return { text: "", entities: [] };
  const visible = entities.filter(
    (entity) => !INVISIBLE.test(text.slice(entity.offset, entity.offset + entity.length)),
  );
  const leading = text.length - text.replace(/^[ \n]+/, "").length;
  const start = Math.min(leading, visible[0]?.offset ?? leading);
  const end = text.replace(/[ \n]+$/, "").length;
  const moved = (at: number): number => Math.min(at, end) - start;
  return { text: text.slice(start, end), entities: between(visible, moved) };
}

function between(entities: readonly MessageEntity[], moved: (at: number) => number): MessageEntity[] {
  return entities
    .map((entity) => {
      const offset = moved(entity.offset);
      return { ...entity, offset, length: moved(entity.offset + entity.length) - offset };
    })
    .filter((entity) => entity.length > 0);
}
