/**
 * Text with entities: the one form in which anything visible travels from an agent to a messenger.
 * `offset` and `length` count UTF-16 units, as `String.length` does and as the Bot API wants
 * (https://core.telegram.org/bots/api#messageentity).
 */
export interface RichText {
  readonly text: string;
  readonly entities: readonly Entity[];
}

export type EntityType =
  | "bold"
  | "italic"
  | "underline"
  | "strikethrough"
  | "spoiler"
  | "code"
  | "pre"
  | "text_link"
  | "blockquote"
  | "expandable_blockquote";

export interface Entity {
  readonly type: EntityType;
  readonly offset: number;
  readonly length: number;
  /** Only with `pre`. */
  readonly language?: string;
  /** Only with `text_link`. */
  readonly url?: string;
}

export const EMPTY: RichText = { text: "", entities: [] };

/** Text without any formatting. */
export function plain(text: string): RichText {
  return { text, entities: [] };
}

/** The whole text in one entity; empty text stays without one, since Telegram refuses empty entities. */
export function styled(
  type: EntityType,
  text: string,
  extra: { language?: string; url?: string } = {},
): RichText {
  return wrap(plain(text), type, extra);
}

/** One more entity around a whole text. */
export function wrap(
  rich: RichText,
  type: EntityType,
  extra: { language?: string; url?: string } = {},
): RichText {
  if (rich.text === "") return rich;
  return {
    text: rich.text,
    entities: [{ type, offset: 0, length: rich.text.length, ...extra }, ...rich.entities],
  };
}

/** Joins pieces, moving the entities of each to where it now stands. Strings count as plain text. */
export function concat(...pieces: readonly (RichText | string)[]): RichText {
  let text = "";
  const entities: Entity[] = [];
  for (const piece of pieces) {
    if (typeof piece === "string") {
      text += piece;
      continue;
    }
    for (const entity of piece.entities) entities.push({ ...entity, offset: entity.offset + text.length });
    text += piece.text;
  }
  return { text, entities };
}

/** Joins the pieces that are not empty with a separator. */
export function join(pieces: readonly RichText[], separator: string): RichText {
  const filled = pieces.filter((piece) => piece.text !== "");
  return concat(...filled.flatMap((piece, index) => (index === 0 ? [piece] : [separator, piece])));
}
