import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { shortenStrings } from "../../src/agents/shorten-json.ts";

const LIMIT = 16;

function shorten(value: unknown): unknown {
  return JSON.parse(shortenStrings(Buffer.from(JSON.stringify(value)), LIMIT).toString("utf8"));
}

test("long strings are cut to their beginning, at a whole character", () => {
  const cases: [value: unknown, shortened: unknown][] = [
    [
      { a: "short", b: 1 },
      { a: "short", b: 1 },
    ],
    [
      { a: "0123456789abcdef", b: 1 },
      { a: "0123456789abcdef", b: 1 },
    ],
    [
      { a: "0123456789abcdefX", b: [true] },
      { a: "0123456789abcdef", b: [true] },
    ],
    [
      { a: "0123456789abcde\n\n", b: 1 },
      { a: "0123456789abcde", b: 1 },
    ],
    [
      { a: '0123456789"\\"\\"\\"', b: 1 },
      { a: '0123456789"\\"', b: 1 },
    ],
    ["글글글글글글글", "글글글글글"],
    ["0123456789ab\u0001\u0001", "0123456789ab"],
    [`${"\\".repeat(40)}`, "\\".repeat(8)],
  ];
  for (const [value, shortened] of cases) assert.deepEqual(shorten(value), shortened);
});

test("any document keeps its shape, and every string its beginning", () => {
  fc.assert(
    fc.property(fc.json({ stringUnit: "binary" }), (json) => {
      const value: unknown = JSON.parse(json);
      const text = JSON.stringify(value);
      const shortened = shortenStrings(Buffer.from(text), 1_000_000);
      assert.equal(shortened.toString("utf8"), Buffer.from(text).toString("utf8"), "nothing to cut");
      assert.ok(startsLike(value, shorten(value)));
    }),
  );
});

test("what is no JSON does not become some", () => {
  for (const text of ['{"a":"never closed', "", "no strings", '"']) {
    assert.equal(shortenStrings(Buffer.from(text), 2).toString(), text);
  }
});

/** Keys may be cut too, so objects are compared by their values in order. */
function startsLike(value: unknown, shortened: unknown): boolean {
  if (typeof value === "string")
    return typeof shortened === "string" && bytesOf(value).startsWith(bytesOf(shortened));
  if (typeof value !== "object" || value === null) return value === shortened || Object.is(value, -0);
  const [before, after] = [Object.values(value), Object.values(shortened as object)];
  if (Object.keys(value).some((key) => key.length > LIMIT / 6)) return true;
  return before.length === after.length && before.every((one, index) => startsLike(one, after[index]));
}

function bytesOf(text: string): string {
  return Buffer.from(text).toString("latin1");
}
