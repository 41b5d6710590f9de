import assert from "node:assert/strict";
import test from "node:test";
import { plain } from "../../src/text/entities.ts";
import { hurriedClock, sent, startBot } from "./bot.ts";

test("400 strangers are all answered within Telegram's limit for all chats, and the owner does not wait for them", async (t) => {
  const speed = 10;
  const { api, outbox } = await startBot(t, {
    clock: hurriedClock(speed),
    rateLimit: { timeScale: 1 / speed },
  });
  const strangers = Array.from({ length: 400 }, (_, index) => 1_000 + index);
  for (const id of [7, ...strangers]) api.privateChat(id);
  const refusals = strangers.map((chatId) => outbox.send({ chatId }, { text: plain("no") }, { minor: true }));
  await sent(outbox, 7, "reply");
  const calls = api.calls("sendMessage");
  const before = calls.findIndex(({ params }) => params.chat_id === 7);
  assert.ok(before >= 0 && before < 50, `${before} strangers were answered first`);
  assert.ok((await Promise.all(refusals)).every(Boolean));
  assert.ok(api.calls().every(({ status }) => status === 200));
});
