import assert from "node:assert/strict";
import { test } from "node:test";
import { markdown } from "../../src/text/markdown.ts";
import { notation } from "./notation.ts";

/** One test for a table of Markdown sources and what they look like in the notation. */
export function rendersAs(name: string, cases: readonly (readonly [source: string, shown: string])[]): void {
  test(name, () => {
    for (const [source, shown] of cases) assert.equal(notation(markdown(source)), shown, source);
  });
}
