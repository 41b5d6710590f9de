import assert from "node:assert/strict";
import test from "node:test";
import { type Arrival, type FinalAnswer, MessageRow } from "../../src/chat/message-row.ts";
import { plain } from "../../src/text/entities.ts";
import { type FakeMessenger, fakeMessenger } from "../fakes/messenger.ts";

const PARTS: FinalAnswer = { parts: [plain("one"), plain("two"), plain("three")] };
const FILE: FinalAnswer = {
  parts: [plain("beginning")],
  file: { name: "answer.md", bytes: Buffer.from("all"), instead: [plain("one"), plain("two")] },
};

test("what a chat has not got is told, and one that takes nothing is not tried further", async () => {
  type Results = Partial<Pick<FakeMessenger, "sendResults" | "fileResults">>;
  const cases: [answer: FinalAnswer, results: Results, arrival: Arrival, calls: string[]][] = [
    [PARTS, {}, "arrived", ["send 1: one", "send 2: two", "send 3: three"]],
    [PARTS, { sendResults: ["lost"] }, "undelivered", ["lost: one", "send 1: two", "send 2: three"]],
    // Open again by the next part: the first would be missing for ever.
    [PARTS, { sendResults: ["closed", "ok"] }, "closed", ["lost: one"]],
    [PARTS, { sendResults: ["ok", "closed"] }, "closed", ["send 1: one", "lost: two"]],
    [FILE, {}, "arrived", ["file answer.md", "send 2: beginning"]],
    [FILE, { fileResults: ["lost"] }, "instead", ["send 1: one", "send 2: two"]],
    [FILE, { fileResults: ["closed"] }, "closed", []],
  ];
  for (const [answer, results, arrival, calls] of cases) {
    const messenger = fakeMessenger();
    messenger.sendResults.push(...(results.sendResults ?? []));
    messenger.fileResults.push(...(results.fileResults ?? []));
    const row = new MessageRow({ messenger, place: { chatId: 7 }, onChange() {} });
    assert.equal(await row.finish(answer), arrival);
    assert.deepEqual(messenger.calls, calls);
  }
});

test("the phone rings once for an answer that comes in new messages, and not for one that is edited", async () => {
  const messages = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ chatId: 7, messageId: 100 + index }));
  const cases: [answer: FinalAnswer, shown: number, rings: string[], rang: boolean][] = [
    [PARTS, 0, ["three"], true],
    [PARTS, 2, ["three"], true],
    [PARTS, 3, [], false],
    [FILE, 0, ["beginning"], true],
  ];
  for (const [answer, shown, rings, rang] of cases) {
    const messenger = fakeMessenger();
    const row = new MessageRow({ messenger, place: { chatId: 7 }, messages: messages(shown), onChange() {} });
    await row.finish(answer);
    const heard = messenger.sent.filter(({ options }) => options.silent !== true);
    assert.deepEqual(
      heard.map(({ content }) => content.text.text),
      rings,
    );
    assert.equal(row.rang, rang);
  }
  const messenger = fakeMessenger();
  const row = new MessageRow({ messenger, place: { chatId: 7 }, onChange() {} });
  await row.open(
    () => ({ text: plain("working") }),
    () => true,
  );
  assert.equal(messenger.sent[0]?.options.silent, true, "work in progress makes no sound");
});
