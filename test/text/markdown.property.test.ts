import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { clean } from "../../src/text/clean.ts";
import { markdown } from "../../src/text/markdown.ts";
import { numbered, soup } from "./arbitraries.ts";
import { assertSound } from "./sound.ts";

test("any source at all gives a sound text, finished or growing", () => {
  fc.assert(
    fc.property(soup, fc.boolean(), (source, growing) => assertSound(markdown(source, { growing }))),
    { numRuns: 3000 },
  );
});

test("no word of a document is lost, and all stay in order", () => {
  fc.assert(
    fc.property(numbered, ({ source, words }) => {
      const rich = markdown(source);
      assertSound(rich);
      assert.deepEqual(rich.text.match(/w\d+w/g) ?? [], words);
    }),
    { numRuns: 1000 },
  );
});

test("in each frame of a growing document no word is lost but the one at its end", () => {
  fc.assert(
    fc.property(numbered, fc.nat(), ({ source }, position) => {
      const written = source.slice(0, position % (source.length + 1));
      // The target of a link shows once the link is complete.
      const words = written.replace(/\]\([^)]*$/, "").match(/w\d+w(?=[^w\d])/g) ?? [];
      const rich = markdown(written, { growing: true });
      assertSound(rich);
      const shown: string[] = rich.text.match(/w\d+w/g) ?? [];
      assert.deepEqual(shown.slice(0, words.length), words);
    }),
    { numRuns: 2000 },
  );
});

test("letters outside of markup come through, whatever stands around them", () => {
  fc.assert(
    fc.property(soup, (source) => {
      const count = (text: string) => text.match(/[语한글שלום]/g)?.length ?? 0;
      // What may hide text is the info string of a fence and the target and title of a link.
      fc.pre(!/```|~~~|\]\(/.test(clean(source)));
      assert.equal(count(markdown(source).text), count(source));
    }),
    { numRuns: 2000 },
  );
});
