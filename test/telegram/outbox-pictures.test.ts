import assert from "node:assert/strict";
import test from "node:test";
import type { MessageRef, Messenger, OutgoingFile } from "../../src/chat/messenger.ts";
import { concat, plain, styled } from "../../src/text/entities.ts";
import { type Bot, count, FAST, notDelivered, startBot } from "./bot.ts";

/** What passes for a picture, with room for its size. */
function picture(name: string, { width = 100, ...more }: { width?: number } & Partial<OutgoingFile> = {}) {
  const bytes = Buffer.from(`\x89PNG\r\n\x1a\n____IHDR........${name}`, "latin1");
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(100, 20);
  return { name: "a.png", bytes, picture: true, caption: name, ...more };
}

const BUTTONS = [[{ text: "Refresh", data: "refresh" }]];

async function shown(messenger: Messenger, file: OutgoingFile): Promise<MessageRef> {
  const message = await messenger.sendFile({ chatId: 7 }, file);
  assert.ok(message);
  return message;
}

const draw = (outbox: Bot["outbox"], message: MessageRef, file: OutgoingFile, final = false) =>
  outbox.editPicture(message, () => file, { final });

test("a picture arrives with its buttons, and another one takes its place with others", async (t) => {
  const { api, outbox } = await startBot(t, FAST);
  const chat = api.privateChat(7);
  const message = await shown(outbox, picture("one", { buttons: BUTTONS }));
  assert.deepEqual(message, { chatId: 7, messageId: 1, isFile: true });
  assert.deepEqual(api.messages(chat)[0]?.keyboard, [[{ text: "Refresh", callback_data: "refresh" }]]);
  for (const final of [false, true]) {
    const next = picture(`two ${final}`, { buttons: [[{ text: "Stop", data: "stop" }]] });
    assert.equal(await draw(outbox, message, next, final), "ok");
    assert.equal(await draw(outbox, message, next, final), "ok", "what it does not change is fine too");
    const [now] = api.messages(chat);
    assert.equal(now?.text, `two ${final}`);
    assert.deepEqual(now?.keyboard, [[{ text: "Stop", callback_data: "stop" }]]);
    assert.deepEqual(now?.document?.bytes, next.bytes);
  }
  assert.equal(await draw(outbox, message, picture("three", { caption: "" })), "ok");
  assert.deepEqual([api.messages(chat)[0]?.text, api.messages(chat)[0]?.keyboard], ["", []]);
  assert.equal(count(api, "editMessageMedia"), 5);
  assert.deepEqual(api.violations, []);
});

test("an edit of its text is one of its caption, cut to what that holds", async (t) => {
  const { api, outbox } = await startBot(t, FAST);
  const chat = api.privateChat(7);
  const message = await shown(outbox, picture("one", { buttons: BUTTONS }));
  const text = concat(styled("bold", "Really?"), " ", styled("code", "x".repeat(2_000)));
  assert.equal(await outbox.edit(message, () => ({ text, buttons: BUTTONS }), { final: true }), "ok");
  const [now] = api.messages(chat);
  assert.equal(now?.text, `Really? ${"x".repeat(1_016)}`);
  assert.deepEqual(now?.entities, [
    { type: "bold", offset: 0, length: 7 },
    { type: "code", offset: 8, length: 1_016 },
  ]);
  assert.equal(now?.keyboard.length, 1);
  assert.equal(count(api, "editMessageText"), 0);
  assert.deepEqual(api.violations, []);
});

test("of edits of a picture and of its caption that wait only the newest leaves, and a late frame none", async (t) => {
  const { api, outbox } = await startBot(t, FAST);
  const chat = api.privateChat(7);
  const message = await shown(outbox, picture("one"));
  const results = [
    draw(outbox, message, picture("two")),
    outbox.edit(message, () => ({ text: plain("three") }), { final: false }),
    draw(outbox, message, picture("four"), true),
    draw(outbox, message, picture("five")),
  ];
  assert.deepEqual(await Promise.all(results), ["dropped", "dropped", "ok", "dropped"]);
  assert.deepEqual(
    api.messages(chat)[0]?.states.map(({ text }) => text),
    ["one", "four"],
  );
});

test("what Telegram asks for is kept: a pause, and no more of a message that is gone", async (t) => {
  const bot = await startBot(t, { ...FAST, rateLimit: { timeScale: 1 / 50, toldScale: 1 / 50 } });
  const { api, outbox } = bot;
  const chat = api.privateChat(7);
  const message = await shown(outbox, picture("one"));
  api.fault({ kind: "429", retryAfter: 3, method: "editMessageMedia" });
  const slow = draw(outbox, message, picture("two"));
  await bot.says("told to slow down");
  const newest = draw(outbox, message, picture("three"));
  assert.deepEqual(await Promise.all([slow, newest]), ["dropped", "ok"]);
  assert.equal(api.messages(chat)[0]?.text, "three");
  assert.equal(api.hammering, 0);
  await outbox.remove(message);
  assert.equal(await draw(outbox, message, picture("four")), "gone");
  assert.equal(notDelivered(bot), 0);
});

test("one that is too large for a picture takes its place as a file", async (t) => {
  const bot = await startBot(t, FAST);
  const chat = bot.api.privateChat(7);
  const message = await shown(bot.outbox, picture("one"));
  assert.equal(await draw(bot.outbox, message, picture("two", { width: 12_000 })), "ok");
  assert.equal(bot.api.messages(chat)[0]?.document?.kind, "document");
  assert.equal(notDelivered(bot), 0);
});
