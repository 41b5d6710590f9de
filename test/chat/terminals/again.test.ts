import assert from "node:assert/strict";
import test from "node:test";
import { Again } from "../../../src/chat/terminals/again.ts";
import { systemClock } from "../../../src/clock.ts";
import { silentLog } from "../../../src/log.ts";
import type { OpenedAgain } from "../../../src/terminal/ended-sessions.ts";
import { BackendError } from "../../../src/terminal/pty.ts";
import type { TerminalRegistry } from "../../../src/terminal/registry.ts";
import { until } from "../../web/until.ts";
import { played } from "./known.ts";

const HERE = { chatId: 7 };
const THERE = { chatId: 9 };

/** Presses *Again* where another machine answers when the test says so. */
function pressed(outcome: Promise<OpenedAgain>, { refused }: { refused?: number } = {}) {
  const happened: string[] = [];
  const registry = {
    openAgain: () => outcome,
    place: (id: string, { chatId }: { chatId: number }) => happened.push(`${id} is placed in ${chatId}`),
  } as unknown as TerminalRegistry;
  const again = new Again({
    registry,
    mayTell: ({ chatId }) => chatId !== refused,
    log: { ...silentLog, error: (_, fields) => happened.push(`logged ${fields?.id}: ${fields?.error}`) },
    confirmIn: () => async () => false,
    clock: systemClock,
    say: ({ chatId }, { text }) => happened.push(`${chatId}: ${text.text}`),
    showCard: ({ session }, { chatId }) => happened.push(`card of ${session.id} in ${chatId}`),
  });
  return { notice: again.open("term-1", HERE), happened };
}

const opened = (place?: object): OpenedAgain => {
  const { session, record } = played("term-2").known;
  return { known: { session, record: { ...record, ...(place ? { place: THERE } : {}) } }, isNew: true };
};

const FAULTS: readonly [error: unknown, happened: readonly string[]][] = [
  [new BackendError("It is gone.", "Look for it."), ["7: It is gone. Look for it."]],
  [
    new Error("ENOSPC: no space left"),
    ["logged term-1: Error: ENOSPC: no space left", "7: It cannot be opened: ENOSPC: no space left"],
  ],
];

for (const [error, said] of FAULTS) {
  test(`${error}: it is said, at once`, async () => {
    const { notice, happened } = pressed(Promise.reject(error));
    assert.equal(await notice, "It cannot be opened.");
    assert.deepEqual(happened, said);
  });

  test(`${error}: it is said, also when it comes late`, async () => {
    let reject = (_: unknown): void => {};
    const outcome = new Promise<never>((_, fail) => {
      reject = fail;
    });
    const { notice, happened } = pressed(outcome);
    assert.equal(await notice, "Connecting…");
    reject(error);
    await until("what went wrong", () => happened.length === said.length);
    assert.deepEqual(happened, said);
  });
}

const PLACES: readonly [title: string, outcome: OpenedAgain, refused: number | undefined, chat: number][] = [
  ["where it was talked about", opened(THERE), undefined, 9],
  ["where it is asked for, when that may not be told any more", opened(THERE), 9, 7],
  ["where it is asked for, when it was talked about nowhere", opened(), undefined, 7],
];

for (const [title, outcome, refused, chat] of PLACES)
  test(`it goes on ${title}`, async () => {
    const { notice, happened } = pressed(Promise.resolve(outcome), refused === undefined ? {} : { refused });
    assert.equal(await notice, "term-2 is open.");
    assert.deepEqual(happened, [`term-2 is placed in ${chat}`, `card of term-2 in ${chat}`]);
  });

test("why it cannot be opened is said once, and anew when it is another reason or a while ago", async () => {
  let now = 0;
  let reason = "web: its key has changed.";
  const said: string[] = [];
  const again = new Again({
    registry: {
      openAgain: async () => {
        throw new BackendError(reason, "Compare it.");
      },
      place() {},
    },
    confirmIn: () => async () => false,
    say: ({ threadId = 0 }, { text }) => void said.push(`${threadId} ${text.text}`),
    showCard() {},
    clock: { monotonic: () => now },
    mayTell: () => true,
    log: silentLog,
  });
  const press = (threadId?: number) =>
    again.open("term-1", threadId === undefined ? { chatId: 7 } : { chatId: 7, threadId });
  const still = "It still cannot be opened, as said here.";
  assert.deepEqual(await Promise.all([press(), press(), press()]), ["It cannot be opened.", still, still]);
  assert.equal(await press(5), "It cannot be opened.");
  now = 50_000;
  reason = "web: nothing answers.";
  assert.equal(await press(), "It cannot be opened.");
  assert.equal(await press(), still);
  now = 120_000;
  assert.equal(await press(), "It cannot be opened.");
  assert.deepEqual(said, [
    "0 web: its key has changed. Compare it.",
    "5 web: its key has changed. Compare it.",
    "0 web: nothing answers. Compare it.",
    "0 web: nothing answers. Compare it.",
  ]);
});
