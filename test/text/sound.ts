import assert from "node:assert/strict";
import type { RichText } from "../../src/text/entities.ts";

/** What Telegram wants of every text: entities in range, not empty, properly nested, nothing in or around code. */
export function assertSound({ text, entities }: RichText): void {
  assert.equal(text, text.trimEnd());
  assert.doesNotMatch(text, /[\0-\x09\x0b-\x1f\x7f-\x9f]|\p{Surrogate}/u);
  for (const [index, entity] of entities.entries()) {
    const end = entity.offset + entity.length;
    assert.ok(entity.length > 0 && entity.offset >= 0 && end <= text.length, "in range");
    assert.ok(!splitsPair(text, entity.offset) && !splitsPair(text, end), "on a character");
    for (const other of entities.slice(index + 1)) {
      const otherEnd = other.offset + other.length;
      if (other.offset >= end) continue;
      assert.ok(other.offset >= entity.offset && otherEnd <= end, "nested, the outer one first");
      assert.notEqual(other.type, entity.type, "none within its own type");
      assert.ok(entity.type !== "code" && entity.type !== "pre", "nothing in code");
      const isCode = other.type === "code" || other.type === "pre";
      assert.ok(!isCode || entity.type === "blockquote", "code in nothing but a quote");
    }
  }
}

function splitsPair(text: string, at: number): boolean {
  return /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(at - 1, at + 1));
}
