import type { Entity, RichText } from "../../src/text/entities.ts";

/**
 * Shows where the entities of a text are, for people to read:
 * `⟦b:bold⟧ ⟦code:x⟧ ⟦pre js:let x⟧ ⟦link(https://a.b):text⟧`.
 */
export function notation({ text, entities }: RichText): string {
  const marks = new Map<number, { ends: string; starts: string }>();
  const at = (position: number) => {
    const mark = marks.get(position) ?? { ends: "", starts: "" };
    marks.set(position, mark);
    return mark;
  };
  for (const entity of entities) {
    at(entity.offset).starts += `⟦${name(entity)}:`;
    at(entity.offset + entity.length).ends += "⟧";
  }
  let shown = "";
  for (let position = 0; position <= text.length; position++) {
    const mark = marks.get(position);
    shown += (mark?.ends ?? "") + (mark?.starts ?? "") + text.charAt(position);
  }
  return shown;
}

const SHORT: Partial<Record<Entity["type"], string>> = {
  bold: "b",
  italic: "i",
  underline: "u",
  strikethrough: "s",
  blockquote: "quote",
};

function name({ type, url, language }: Entity): string {
  if (type === "text_link") return `link(${url})`;
  return [SHORT[type] ?? type, language].filter((part) => part !== undefined).join(" ");
}
