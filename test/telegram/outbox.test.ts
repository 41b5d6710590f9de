import assert from "node:assert/strict";
import test from "node:test";
import type { Place } from "../../src/chat/messenger.ts";
import { plain, styled } from "../../src/text/entities.ts";
import { type BotApi, seen } from "../fakes/bot-api.ts";
import { type Bot, count, edit, FAST, HI, notDelivered, sent, startBot } from "./bot.ts";

test("a message arrives with its formatting, its buttons, as a reply, in its topic", async (t) => {
  const { api, outbox } = await startBot(t);
  const forum = api.group(-1001, { forum: true });
  const asked = api.say(forum, "question", { from: 7, threadId: 5 });
  const ref = await outbox.send(
    { chatId: forum.id, threadId: 5 },
    { text: styled("bold", "answer"), buttons: [[{ text: "Stop", data: "stop:1" }]] },
    { replyTo: asked.message.message_id, silent: true },
  );
  const message = api.messages(forum).at(-1);
  assert.deepEqual(ref, { chatId: forum.id, messageId: message?.messageId });
  assert.equal(message?.threadId, 5);
  assert.equal(message?.replyTo, asked.message.message_id);
  assert.deepEqual(message?.entities, [{ type: "bold", offset: 0, length: 6 }]);
  assert.deepEqual(message?.keyboard, [[{ text: "Stop", callback_data: "stop:1" }]]);
  assert.equal(api.calls("sendMessage")[0]?.params.disable_notification, true);
  assert.deepEqual(api.violations, []);
});

for (const final of [true, false]) {
  const kind = final ? "final edit" : "frame";

  test(`a ${kind} changes the message, and what it does not change is fine too`, async (t) => {
    const { api, outbox } = await startBot(t, FAST);
    const chat = api.privateChat(7);
    const message = await sent(outbox, 7);
    assert.equal(await edit(outbox, message, "after", final), "ok");
    assert.equal(await edit(outbox, message, "after", final), "ok");
    assert.deepEqual(seen(api, chat), ["after"]);
    assert.equal(count(api, "editMessageText"), 2);
  });

  test(`a ${kind} of a message that is no more is told apart`, async (t) => {
    const bot = await startBot(t, FAST);
    bot.api.privateChat(7);
    const message = await sent(bot.outbox, 7);
    await bot.outbox.remove(message);
    assert.equal(await edit(bot.outbox, message, "after", final), "gone");
    assert.equal(count(bot.api, "editMessageText"), 1);
    assert.equal(notDelivered(bot), 0);
  });
}

test("of edits that wait only the newest leaves, with the content of the moment", async (t) => {
  const { api, outbox } = await startBot(t, FAST);
  const chat = api.privateChat(7);
  const message = await sent(outbox, 7);
  const old = ["1", "2"].map((text) => edit(outbox, message, text, false));
  let text = "3";
  const newest = outbox.edit(message, () => ({ text: plain(text) }), { final: false });
  text = "3, later";
  assert.deepEqual(await Promise.all([...old, newest]), ["dropped", "dropped", "ok"]);
  assert.deepEqual(seen(api, chat), ["3, later"]);
});

test("a message shows the content of the moment in which it leaves", async (t) => {
  const { api, outbox } = await startBot(t, FAST);
  const chat = api.privateChat(7);
  let text = "early";
  const waits = [sent(outbox, 7, "first"), outbox.send({ chatId: 7 }, () => ({ text: plain(text) }))];
  text = "late";
  await Promise.all(waits);
  assert.deepEqual(seen(api, chat), ["first", "late"]);
});

test("a minor message that is told to wait, or no longer wanted, is not sent", async (t) => {
  const { api, outbox } = await startBot(t, FAST);
  const chat = api.privateChat(7);
  const notice = (text: string, wanted = true) =>
    outbox.send({ chatId: 7 }, { text: plain(text) }, { minor: true, wanted: () => wanted });
  assert.equal(await notice("withdrawn", false), undefined);
  assert.equal(count(api, "sendMessage"), 0);
  assert.ok(await notice("sent"));
  api.fault({ kind: "429", retryAfter: 1, chatId: 7, method: "sendMessage" });
  assert.equal(await notice("refused"), undefined);
  assert.equal(count(api, "sendMessage"), 2);
  assert.deepEqual(seen(api, chat), ["sent"]);
});

const REFUSED: readonly [string, (bot: Bot) => Promise<unknown>, number][] = [
  ["a send", ({ outbox }) => outbox.send({ chatId: 7 }, { text: styled("bold", "answer") }), 2],
  [
    "a final edit",
    async ({ outbox }) => {
      const message = await sent(outbox, 7);
      await outbox.edit(message, () => ({ text: styled("bold", "answer") }), { final: true });
    },
    3,
  ],
];

for (const [title, act, calls] of REFUSED) {
  test(`${title} that is refused arrives without formatting`, async (t) => {
    const bot = await startBot(t, FAST);
    const chat = bot.api.privateChat(7);
    bot.api.fault({
      kind: "error",
      code: 400,
      description: "Bad Request: something new about entities",
      when: ({ params }) => params.entities !== undefined,
      times: Number.POSITIVE_INFINITY,
    });
    await act(bot);
    const message = bot.api.messages(chat).at(-1);
    assert.equal(message?.text, "answer");
    assert.deepEqual(message?.entities, []);
    assert.equal(bot.api.calls().length, calls);
  });
}

test("a frame that is refused is left out", async (t) => {
  const bot = await startBot(t, FAST);
  bot.api.privateChat(7);
  const message = await sent(bot.outbox, 7);
  bot.api.fault({ kind: "error", code: 400, description: "Bad Request: no", method: "editMessageText" });
  const frame = bot.outbox.edit(message, () => ({ text: styled("bold", "x") }), { final: false });
  assert.equal(await frame, "dropped");
  assert.equal(count(bot.api, "editMessageText"), 1);
});

test("what is refused without formatting too is given up after one more try, with a log line", async (t) => {
  const bot = await startBot(t, FAST);
  bot.api.privateChat(7);
  bot.api.fault({
    kind: "error",
    code: 400,
    description: "Bad Request: no",
    times: Number.POSITIVE_INFINITY,
  });
  assert.equal(await bot.outbox.send({ chatId: 7 }, { text: styled("bold", "x") }), undefined);
  assert.equal(count(bot.api, "sendMessage"), 2);
  assert.equal(notDelivered(bot), 1);
});

const UNREACHABLE: readonly [string, number, (api: BotApi) => void][] = [
  ["unknown", 8, () => {}],
  ["blocked", 7, (api) => api.block(7)],
  ["kicked", -5, (api) => api.kick(-5)],
];

for (const [title, chatId, close] of UNREACHABLE) {
  test(`nothing is repeated for a chat that cannot be reached: ${title}`, async (t) => {
    const bot = await startBot(t, FAST);
    bot.api.privateChat(7);
    bot.api.group(-5);
    close(bot.api);
    const file = { name: "a.txt", bytes: Buffer.from("x") };
    const formatted = { text: styled("bold", "x") };
    assert.equal(await bot.outbox.send({ chatId }, formatted, { important: true }), undefined);
    assert.equal(await bot.outbox.sendFile({ chatId }, file, { important: true }), undefined);
    assert.equal(await edit(bot.outbox, { chatId, messageId: 1 }, "x"), "dropped");
    assert.equal(bot.api.calls().length, 3);
    assert.equal(notDelivered(bot), 3);
  });
}

test("what was meant for a topic that is no more goes to the chat", async (t) => {
  const { api, outbox } = await startBot(t, FAST);
  const forum = api.group(-1001, { forum: true });
  const place: Place = { chatId: forum.id, threadId: 5 };
  assert.ok(await outbox.send(place, HI));
  assert.ok(await outbox.sendFile(place, { name: "a.txt", bytes: Buffer.from("x") }));
  assert.deepEqual(
    api.messages(forum).map(({ text, document, threadId }) => [text, document?.name, threadId]),
    [
      ["hi", undefined, undefined],
      ["", "a.txt", undefined],
    ],
  );
});

test("a group that was upgraded is followed to its new id", async (t) => {
  const { api, outbox } = await startBot(t, FAST);
  const group = api.group(-5);
  const old = await sent(outbox, group.id);
  const upgraded = api.upgrade(group);
  const bothAtOnce = [1, 2].map((n) =>
    outbox.send({ chatId: group.id }, { text: plain(`${n}`) }, { replyTo: old.messageId }),
  );
  const refs = await Promise.all(bothAtOnce);
  assert.deepEqual(
    refs.map((ref) => ref?.chatId),
    [upgraded.id, upgraded.id],
  );
  assert.deepEqual(seen(api, upgraded), ["1", "2"]);
  const calls = api.calls().length;
  assert.ok(await outbox.send({ chatId: group.id }, { text: plain("3") }));
  outbox.typing({ chatId: group.id });
  await api.waitFor(() => api.actions(upgraded).length === 1);
  assert.equal(api.calls().length, calls + 2);
  // The old id of a message means another one in the new group.
  assert.equal(await edit(outbox, old, "4"), "gone");
  assert.deepEqual(seen(api, upgraded), ["1", "2", "3"]);
  assert.ok(api.messages(upgraded).every(({ replyTo }) => replyTo === undefined));
});

test("a chat action is not worth a second try", async (t) => {
  const bot = await startBot(t, FAST);
  const chat = bot.api.privateChat(7);
  bot.api.fault({ kind: "500", method: "sendChatAction" });
  bot.outbox.typing({ chatId: 7 });
  await bot.api.waitFor(() => count(bot.api, "sendChatAction") === 1);
  assert.ok(await bot.outbox.send({ chatId: 7 }, HI));
  assert.deepEqual(bot.api.actions(chat), []);
  assert.equal(notDelivered(bot), 0);
});

test("actions are shown in each topic of a chat", async (t) => {
  const { api, outbox } = await startBot(t, FAST);
  const forum = api.group(-1001, { forum: true });
  for (const threadId of [5, 6, 7]) api.say(forum, "hi", { from: 7, threadId });
  for (const threadId of [5, 6, 7]) outbox.typing({ chatId: forum.id, threadId });
  await api.waitFor(() => api.actions(forum).length === 3);
  assert.deepEqual(
    api.actions(forum).map(({ threadId }) => threadId),
    [5, 6, 7],
  );
});
