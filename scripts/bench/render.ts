import { markdown } from "../../src/text/markdown.ts";
import { split } from "../../src/text/split.ts";
import { type Bench, interleave, monotonic, toRow } from "./measure.ts";

const LENGTH = 30_000;

const SECTION = `## What was wrong

The parser took **every** line that begins with \`#\` for a heading, also within a *fenced block*, see
[the specification](https://spec.commonmark.org/0.31.2/#fenced-code-blocks). Three things follow from that:

1. Comments of shell scripts were lost.
2. The rest of the block was shown as text:
   - with its indentation gone,
   - and with \`*\` read as emphasis.
3. ~~Nothing else~~ The table of contents listed them.

\`\`\`ts
export function isHeading(line: string, inFence: boolean): boolean {
  // A fence ends only with at least as many marks as it began with.
  return !inFence && /^#{1,6}(\\s|$)/.test(line);
}
\`\`\`

| File | Lines | Tests |
|:-----|------:|-------|
| \`blocks.ts\` | 146 | yes |
| \`leaves.ts\` | 122 | **no** |

> It is faster now, too: each line is looked at once.

`;

/** One frame of a long answer: Markdown to parts, next to cutting the same text into words. */
export const render: Bench = async ({ quick }) => {
  const source = SECTION.repeat(Math.ceil(LENGTH / SECTION.length)).slice(0, LENGTH);
  const time = (work: () => unknown) => (): number => {
    const began = monotonic();
    work();
    return monotonic() - began;
  };
  const [values = [], bare = []] = await interleave(quick ? 2 : 200, [
    time(() => split(markdown(source, { growing: true }))),
    time(() => source.match(/\w+|\s+|[^\w\s]+/g)),
  ]);
  const baseline = { what: "into words", values: bare };
  return [toRow({ bench: "render", what: "30 kB to a frame", unit: "ms", values, baseline })];
};
