import assert from "node:assert/strict";
import test from "node:test";
import { claudeContext } from "../../../src/agents/claude/context.ts";

const start = (usage: object): object => ({ type: "message_start", message: { model: "opus", usage } });
const end = (output_tokens: number): object => ({ type: "message_delta", usage: { output_tokens } });
const windows = (models: Readonly<Record<string, number>>): object => ({
  modelUsage: Object.fromEntries(
    Object.entries(models).map(([name, contextWindow]) => [name, { contextWindow }]),
  ),
});
const COMPACTED = "compacted";

const CASES: readonly (readonly [
  what: string,
  events: readonly (object | typeof COMPACTED)[],
  result: object,
  tokens: number | undefined,
  window?: number,
])[] = [
  ["nothing came", [], windows({ "opus[1m]": 1_000_000 }), undefined],
  ["one message", [start({ input_tokens: 10 }), end(5)], windows({ "opus[1m]": 1_000_000 }), 15, 1_000_000],
  [
    "the cache counts",
    [start({ input_tokens: 1, cache_creation_input_tokens: 20, cache_read_input_tokens: 300 }), end(4_000)],
    windows({ "opus[1m]": 10_000 }),
    4_321,
    10_000,
  ],
  [
    "the last message counts, not the sum",
    [start({ input_tokens: 10 }), end(5), start({ input_tokens: 30 }), end(6)],
    windows({ "opus[1m]": 100 }),
    36,
    100,
  ],
  [
    "a message that was cut off has no end",
    [start({ input_tokens: 10 }), end(5), start({ input_tokens: 30 })],
    windows({ "opus[1m]": 100 }),
    30,
    100,
  ],
  [
    "of several models the session's own",
    [start({ input_tokens: 10 }), end(5)],
    windows({ haiku: 200, "opus[1m]": 1_000 }),
    15,
    1_000,
  ],
  [
    "only one that is named otherwise",
    [start({ input_tokens: 10 }), end(5)],
    windows({ "opus-5": 200 }),
    15,
    200,
  ],
  ["several, none of them its own", [start({ input_tokens: 10 })], windows({ a: 200, b: 300 }), undefined],
  ["no window", [start({ input_tokens: 10 })], {}, undefined],
  ["a window of no size", [start({ input_tokens: 10 })], windows({ "opus[1m]": 0 }), undefined],
  [
    "replaced by its summary",
    [start({ input_tokens: 90 }), end(5), COMPACTED],
    windows({ "opus[1m]": 100 }),
    undefined,
  ],
  [
    "replaced by its summary, and gone on",
    [start({ input_tokens: 90 }), end(5), COMPACTED, start({ input_tokens: 20 }), end(1)],
    windows({ "opus[1m]": 100 }),
    21,
    100,
  ],
];

for (const [what, events, result, contextTokens, contextWindow] of CASES) {
  test(`how full the context is: ${what}`, () => {
    const context = claudeContext();
    context.session({ model: "opus[1m]" });
    for (const event of events) {
      if (event === COMPACTED) context.compacted();
      else if (typeof event === "object") context.streamEvent({ ...event });
    }
    assert.deepEqual(
      context.at({ ...result }),
      contextTokens === undefined ? {} : { contextTokens, contextWindow },
    );
  });
}
