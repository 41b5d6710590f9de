import assert from "node:assert/strict";
import test from "node:test";
import { createAnswerText } from "../../src/chat/answer-text.ts";
import { LiveMessage } from "../../src/chat/live-message.ts";
import { renderFinal } from "../../src/chat/turn-render.ts";
import { createTurnView, type Ending } from "../../src/chat/turn-view.ts";
import { fakeClock } from "../fakes/clock.ts";
import { fakeMessenger } from "../fakes/messenger.ts";

const DONE: Ending = { kind: "done", usage: { durationMs: 1_000 } };
const STOP = [[{ text: "⏹ Stop", data: "stop:1" }]];

function live(limits?: { length: number; entities: number }) {
  const clock = fakeClock();
  const messenger = fakeMessenger(limits);
  const view = createTurnView("markdown", createAnswerText("/nonexistent/spool"), clock.now());
  const shown: number[][] = [];
  const message = new LiveMessage({
    messenger,
    clock,
    place: { chatId: 7 },
    after: Promise.resolve(),
    view,
    buttons: STOP,
    onMessages: (messages) => shown.push(messages.map(({ messageId }) => messageId)),
  });
  const say = async (delta: string): Promise<void> => {
    view.apply({ kind: "text", delta, block: 0 }, clock.now());
    message.changed();
    await clock.advance(0);
  };
  const finish = (): Promise<unknown> => message.finish(renderFinal(view, DONE, messenger.limits));
  return { clock, messenger, message, say, shown, finish };
}

test("one message: sent at once, edited as the text grows, finished without a button", async () => {
  const { messenger, message, say, clock, finish } = live();
  message.start();
  await clock.advance(0);
  await say("Hello");
  await say(" there.");
  await finish();
  assert.deepEqual(messenger.calls, [
    "send 1: ⏳ 0 s · working",
    "edit 1: Hello\n\n⏳ 0 s · working",
    "edit 1: Hello there.\n\n⏳ 0 s · working",
    "final 1: Hello there.\n\n✅ 1.0 s",
  ]);
  assert.deepEqual(messenger.sent[0]?.content.buttons, STOP);
  await clock.advance(60_000);
  assert.equal(messenger.calls.length, 4, "nothing moves after the end");
  assert.equal(clock.pending, 0);
});

test("where nothing is shown at first, a turn that ends sooner is one new message, and a longer one is as any other", async () => {
  const quick = live();
  quick.message.start(20_000);
  await quick.say("Hello");
  await quick.clock.advance(19_999);
  await quick.finish();
  await quick.clock.advance(60_000);
  assert.deepEqual(quick.messenger.calls, ["send 1: Hello\n\n✅ 1.0 s"]);
  assert.deepEqual([quick.message.rang, quick.messenger.sent[0]?.options.silent], [true, false]);
  assert.equal(quick.clock.pending, 0);
  const long = live();
  long.message.start(20_000);
  await long.say("Hello");
  await long.clock.advance(20_000);
  assert.deepEqual(long.messenger.calls, ["send 1: Hello\n\n⏳ 20 s · working"]);
  await long.finish();
  assert.deepEqual([long.message.rang, long.messenger.sent[0]?.options.silent], [false, true]);
});

test("passing time is shown, less often after the first minute", async () => {
  const { messenger, message, clock, finish } = live();
  message.start();
  await clock.advance(63_000);
  const first = messenger.calls.length;
  assert.equal(first, 14);
  await clock.advance(63_000);
  assert.ok(messenger.calls.length - first <= 4);
  await finish();
});

test("text that outgrows a message freezes it and opens the next; the button moves along", async () => {
  const { messenger, message, say, clock, shown, finish } = live({ length: 52, entities: 90 });
  message.start();
  await clock.advance(0);
  await say("First paragraph of the text.\n\n");
  await say("Second paragraph of the text.\n\n");
  await finish();
  assert.deepEqual(messenger.calls, [
    "send 1: ⏳ 0 s · working",
    "edit 1: First paragraph of the text.\n\n⏳ 0 s · working",
    "edit 1: First paragraph of the text.",
    "send 2: Second paragraph of the text.\n\n⏳ 0 s · working",
    "final 2: Second paragraph of the text.\n\n✅ 1.0 s",
  ]);
  assert.deepEqual(shown.at(-1), [1, 2]);
});

test("a message that is gone is sent anew, while it runs and at the end", async () => {
  const { messenger, message, say, clock, finish } = live();
  message.start();
  await clock.advance(0);
  messenger.editResults.push("gone");
  await say("Hello");
  messenger.editResults.push("gone");
  await finish();
  assert.deepEqual(messenger.calls.slice(2), [
    "send 2: Hello\n\n⏳ 0 s · working",
    "final 2: Hello\n\n✅ 1.0 s",
    "send 3: Hello\n\n✅ 1.0 s",
  ]);
});

test("when nobody knows whether the first message arrived, the next try waits, and the answer comes all the same", async () => {
  const { messenger, message, say, clock, finish } = live();
  messenger.sendResults.push("lost");
  message.start();
  await clock.advance(0);
  for (const word of ["a", "b", "c", "d"]) await say(word);
  assert.deepEqual(messenger.calls, ["lost: ⏳ 0 s · working"]);
  await clock.advance(14_000);
  assert.equal(messenger.calls[1], "send 1: abcd\n\n⏳ 14 s · working");
  await finish();
  assert.equal(messenger.calls.at(-1), "final 1: abcd\n\n✅ 1.0 s");
});

test("a long answer ends as one message and a file; without the file it ends as messages", async () => {
  for (const lost of [false, true]) {
    const { messenger, message, say, clock, shown, finish } = live({ length: 400, entities: 90 });
    if (lost) messenger.fileResults.push("lost");
    message.start();
    await clock.advance(0);
    await say(Array.from({ length: 500 }, (_, index) => `word${index}`).join(" "));
    await clock.advance(60_000);
    await finish();
    const text = messenger.calls.filter((call) => call.startsWith("final")).join(" ");
    assert.equal(messenger.calls.includes("file answer.md"), !lost);
    assert.equal(text.includes("in the file below"), !lost);
    assert.equal(
      messenger.calls.some((call) => call.includes("word499\n\n✅")),
      lost,
    );
    assert.equal(shown.at(-1)?.length === 1, !lost);
  }
});
