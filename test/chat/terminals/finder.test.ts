import assert from "node:assert/strict";
import test from "node:test";
import { Finder, type ForTerminal } from "../../../src/chat/terminals/finder.ts";
import { saysTerminal } from "../../../src/chat/terminals/in-message.ts";
import type { TerminalRegistry } from "../../../src/terminal/registry.ts";

const HERE = { chatId: 7 };
const TOPIC = { chatId: -7, threadId: 3, ownTopic: true } as const;
const OVER = { chatId: -7, threadId: 4, ownTopic: true } as const;

/** Two that are open, one that has ended a short while ago, and one of an earlier life. */
function finder(): Finder {
  const held = [
    { session: { id: "term-1", name: "fl", lastInput: 0, exit: undefined }, record: { place: HERE } },
    { session: { id: "term-2", name: "term-2", lastInput: 0, exit: undefined }, record: { place: TOPIC } },
    { session: { id: "term-3", name: "forge", lastInput: 0, exit: { code: 3 } }, record: {} },
  ];
  const open = held.filter(({ session }) => !session.exit);
  const registry = {
    ...{ all: held, open, ended: [{ id: "term-4", name: "dead", place: OVER }], left: [] },
    find: (key: string) =>
      held.find(({ session }) => session.id === key) ??
      open.find(({ session }) => session.name === key) ??
      held.findLast(({ session }) => session.name === key),
    wasGiven: (id: string) => /^term-[1-5]$/.test(id),
  };
  return new Finder(registry as unknown as TerminalRegistry);
}

const of = (id: string): string => `🖥 ${id} · sh\nReply to this message to type there.`;
const NONE = "nobody's";
const MEANT: readonly [ForTerminal, string][] = [
  [{ place: HERE, text: "touch A" }, NONE],
  [{ place: HERE, text: "@ada touch A" }, NONE],
  [{ place: HERE, text: "@fl touch A" }, "term-1 touch A"],
  [{ place: HERE, text: "@fl" }, "Write behind it what is to be typed: @fl text"],
  [{ place: HERE, text: "@term-1 touch A" }, "term-1 touch A"],
  [{ place: HERE, text: "@term-1" }, "Write behind it what is to be typed: @term-1 text"],
  [{ place: HERE, text: "@forge touch A" }, "term-3 touch A"],
  [{ place: HERE, text: "@forge" }, "term-3"],
  [{ place: HERE, text: "@dead touch A" }, "dead has ended. /term opens another one."],
  [{ place: HERE, text: "@dead" }, "dead has ended. /term opens another one."],
  [{ place: HERE, text: "@term-5 hi" }, "term-5 has ended. /term opens another one."],
  [{ place: HERE, text: "@term-99 hi" }, "There is no terminal term-99. /terms lists those that are open."],
  [{ place: HERE, text: "@term-9x hi" }, NONE],
  [{ place: HERE, text: "touch A", answers: of("term-2") }, "term-2 touch A"],
  [{ place: HERE, text: "touch A", answers: of("term-3") }, "term-3 touch A"],
  [{ place: HERE, text: "touch A", answers: of("term-4") }, "term-4 has ended. /term opens another one."],
  // The state was removed meanwhile.
  [
    { place: HERE, text: "touch A", answers: of("term-99") },
    "There is no terminal term-99. /terms lists those that are open.",
  ],
  [{ place: HERE, text: "touch A", answers: "Done." }, NONE],
  [{ place: TOPIC, text: "touch A" }, "term-2 touch A"],
  [{ place: TOPIC, text: "@dead touch A" }, "term-2 @dead touch A"],
  [{ place: TOPIC, text: "@fl touch A" }, "term-1 touch A"],
  [{ place: OVER, text: "touch A" }, "term-4 has ended. /term opens another one."],
  [{ place: OVER, text: "touch A", answers: "Done." }, NONE],
];

for (const [message, meant] of MEANT) {
  const { text, answers, place } = message;
  const how = answers === undefined ? "" : ` in answer to “${answers.slice(0, 12)}”`;
  test(`“${text}”${how} in ${place.threadId ?? "the chat"} is for ${meant}`, () => {
    const found = finder().meant(message);
    const words =
      found && ("refusal" in found ? found.refusal : `${found.known.session.id} ${found.text}`.trim());
    assert.equal(words ?? NONE, meant);
  });
}

test("what is said of a terminal is told apart without knowing any", () => {
  const cases: readonly [string, string | undefined, boolean][] = [
    ["touch A", undefined, false],
    ["touch A", "Done. 🖥 term-1 was it", false],
    ["touch A", of("term-1"), true],
    ["@term-1 touch A", undefined, true],
    ["@dead touch A", undefined, false],
  ];
  for (const [text, answers, is] of cases)
    assert.equal(saysTerminal({ text, ...(answers === undefined ? {} : { answers }) }), is, text);
});

test("a terminal is found by its name, also with the @ and when it has just ended", () => {
  const found = (key: string) => finder().find(key)?.session.id;
  assert.deepEqual(["fl", "@fl", "forge", "@forge", "term-3", "dead"].map(found), [
    ...["term-1", "term-1", "term-3", "term-3", "term-3"],
    undefined,
  ]);
  assert.match(finder().missing("@dead"), /^dead has ended\./);
});
