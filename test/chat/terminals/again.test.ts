import assert from "node:assert/strict";
import test from "node:test";
import { Again } from "../../../src/chat/terminals/again.ts";
import { BackendError } from "../../../src/terminal/pty.ts";

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
