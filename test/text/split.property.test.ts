import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Entity, RichText } from "../../src/text/entities.ts";
import { markdown } from "../../src/text/markdown.ts";
import { split } from "../../src/text/split.ts";
import { numbered, soup } from "./arbitraries.ts";
import { assertSound } from "./sound.ts";

const rich = fc.oneof(
  numbered.map(({ source }) => markdown(source)),
  soup.map((source) => markdown(source)),
  fc.array(soup, { maxLength: 8 }).map((sources) => markdown(sources.join("\n\n"))),
);
const limits = fc.record({
  length: fc.integer({ min: 2, max: 300 }),
  entities: fc.integer({ min: 6, max: 90 }),
});

test("failure 4: every part fits, is sound and shows something", () => {
  fc.assert(
    fc.property(rich, limits, (source, { length, entities }) => {
      for (const part of split(source, { length, entities })) {
        assert.ok(part.text.length <= length && part.entities.length <= entities);
        assert.match(part.text, /\S/);
        assertSound({
          ...part,
          text: part.text.trimEnd(),
          entities: part.entities.map((e) => within(e, part)),
        });
      }
    }),
    { numRuns: 2000 },
  );
});

test("failure 4: the parts are the whole text in its order, each character with its entities", () => {
  fc.assert(
    fc.property(rich, limits, (source, { length, entities }) => {
      let at = 0;
      const skipSpace = () => {
        assert.match(source.text.charAt(at), /[\s\u180e\u200b-\u200f\u2800\ufffc]/, `lost at ${at}`);
        at++;
      };
      for (const part of split(source, { length, entities })) {
        while (!source.text.startsWith(part.text, at)) skipSpace();
        for (let position = 0; position < part.text.length; position++) {
          if (part.text.charAt(position).trim() === "") continue;
          assert.deepEqual(looks(part, position), looks(source, at + position));
        }
        at += part.text.length;
      }
      while (at < source.text.length) skipSpace();
    }),
    { numRuns: 2000 },
  );
});

test("parts before the last do not change when more text comes", () => {
  fc.assert(
    fc.property(rich, limits, fc.nat(), (source, { length, entities }, position) => {
      const whole = split(source, { length, entities });
      const early = split(beginning(source, position % (source.text.length + 1)), { length, entities });
      assert.deepEqual(early.slice(0, -1), whole.slice(0, Math.max(early.length - 1, 0)));
    }),
    { numRuns: 3000 },
  );
});

/** Telegram trims the end, and an entity with it. */
function within(entity: Entity, { text }: RichText): Entity {
  return { ...entity, length: Math.min(entity.length, Math.max(text.trimEnd().length - entity.offset, 1)) };
}

function looks({ entities }: RichText, at: number): string[] {
  return entities
    .filter(({ offset, length }) => offset <= at && at < offset + length)
    .map(({ type, url, language }) => [type, url, language].join(" "));
}

function beginning({ text, entities }: RichText, position: number): RichText {
  const end = /[\ud800-\udbff]$/.test(text.slice(0, position)) ? position - 1 : position;
  const cut = entities
    .filter(({ offset }) => offset < end)
    .map((entity) => ({ ...entity, length: Math.min(entity.length, end - entity.offset) }));
  return { text: text.slice(0, end), entities: cut };
}
