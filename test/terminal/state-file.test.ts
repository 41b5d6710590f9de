import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { readTerminalState, writeTerminalState } from "../../src/terminal/state-file.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { recordingLog } from "../telegram/bot.ts";

const RECORD = {
  ...{ id: "term-3", name: "build", label: "sh", where: "host", createdAt: 1, mark: "a-term-3" },
  persists: true,
};
const place = { chatId: -1007, threadId: 5 };
const GOOD = [
  { place, for: { kind: "text", text: "passed" }, shown: 2 },
  { place, for: { kind: "silence", ms: 30_000 } },
  { place: { chatId: 7 }, for: { kind: "bell" }, words: "🔔 It rings the bell." },
  { place, for: { kind: "exit" } },
];
const BAD = [
  null,
  "exit",
  { for: { kind: "exit" } },
  { place: { chatId: "7" }, for: { kind: "exit" } },
  { place: { chatId: 7, threadId: 1.5 }, for: { kind: "exit" } },
  { place, for: { kind: "text", text: "" } },
  { place, for: { kind: "text" } },
  { place, for: { kind: "silence", ms: 0 } },
  { place, for: { kind: "silence", ms: "30" } },
  { place, for: { kind: "louder" } },
  { place, for: { kind: "exit" }, shown: "2" },
  { place, for: { kind: "exit" }, words: 2 },
];

test("that a command held a secret is found again", async (t) => {
  const path = join(await temporaryFolder(t), "terminals.json");
  const { log } = recordingLog();
  const secret = { ...RECORD, isSecret: true } as const;
  const ended = { ...{ id: "term-2", name: "a", where: "host", endedAt: 1 }, isSecret: true } as const;
  const state = { last: 3, sessions: [secret], ended: [ended] };
  writeTerminalState(path, state);
  assert.deepEqual(readTerminalState(path, log), state);
});

test("what is waited for in a session is found again, and what of it cannot be read costs nothing else", async (t) => {
  const path = join(await temporaryFolder(t), "terminals.json");
  const { log } = recordingLog();
  const read = (watches: unknown) => {
    writeFileSync(path, JSON.stringify({ last: 3, sessions: [{ ...RECORD, watches }] }));
    return readTerminalState(path, log).sessions;
  };
  assert.deepEqual(read([...BAD, ...GOOD]), [{ ...RECORD, watches: GOOD }]);
  for (const watches of [undefined, null, "x", {}, [], BAD]) assert.deepEqual(read(watches), [RECORD]);
  const state = readTerminalState(path, log);
  writeTerminalState(path, { ...state, sessions: read(GOOD) });
  assert.deepEqual(readTerminalState(path, log).sessions, [{ ...RECORD, watches: GOOD }]);
});

const CARD = { chatId: 7, messageId: 1, link: "https://x" };
const CLAUDE = { secret: "a".repeat(32), notices: [] };
const EXIT = { code: 3, reason: "It was closed." };

test("one field that cannot be read costs neither the session nor the other fields", async (t) => {
  const path = join(await temporaryFolder(t), "terminals.json");
  const { log } = recordingLog();
  const rest = { cards: [CARD], claude: CLAUDE, watches: GOOD, exit: EXIT };
  const read = (more: object) => {
    writeFileSync(path, JSON.stringify({ last: 3, sessions: [{ ...RECORD, ...rest, ...more }] }));
    return readTerminalState(path, log).sessions;
  };
  assert.deepEqual(read({}), [{ ...RECORD, ...rest }]);
  for (const [field, values] of Object.entries({
    cards: [7, null, [], [{ ...CARD, chatId: "7" }], [{ chatId: 7 }], [{ ...CARD, link: {} }]],
    claude: [7, null, {}, { ...CLAUDE, secret: 7 }],
    watches: [7, null, BAD],
    exit: [7, null, { code: "3" }, { ...EXIT, lost: 1 }],
  })) {
    const left = Object.fromEntries(Object.entries(rest).filter(([name]) => name !== field));
    for (const value of values)
      assert.deepEqual(read({ [field]: value }), [{ ...RECORD, ...left }], JSON.stringify([field, value]));
  }
  assert.deepEqual(read({ cards: [null, CARD, { chatId: 7 }] }), [{ ...RECORD, ...rest }]);
});
