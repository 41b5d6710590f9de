import assert from "node:assert/strict";
import test from "node:test";
import type { MessageRef } from "../../src/chat/messenger.ts";
import { plain } from "../../src/text/entities.ts";
import type { BotApi } from "../fakes/bot-api.ts";
import { fakeClock } from "../fakes/clock.ts";
import { startBot } from "./bot.ts";

/** Presses the button of a message; resolves with the press's id, the answer comes with `answered`. */
async function press(api: BotApi, message: MessageRef) {
  const answered = api.press(message, "Stop");
  const { update_id: id } = await api.waitFor(() => api.pending.find(({ callback_query }) => callback_query));
  const query = api.pending.find(({ update_id }) => update_id === id)?.callback_query;
  return { answered, id: query?.id ?? "" };
}

async function withButton(t: Parameters<typeof startBot>[0]) {
  const bot = await startBot(t, { clock: fakeClock() });
  bot.api.privateChat(7);
  const buttons = [[{ text: "Stop", data: "stop" }]];
  const message = await bot.outbox.send({ chatId: 7 }, { text: plain("running"), buttons });
  assert.ok(message);
  return { ...bot, message };
}

test("a press is answered at once, while the chat has to wait", async (t) => {
  const { api, outbox, message } = await withButton(t);
  api.fault({ kind: "429", retryAfter: 600, chatId: 7 });
  void outbox.edit(message, () => ({ text: plain("x") }), { final: true });
  await api.waitFor(() => api.calls("editMessageText").length === 1);
  const { answered, id } = await press(api, message);
  outbox.acknowledge(id, "Stopping");
  assert.equal((await answered)?.text, "Stopping");
  assert.equal(api.hammering, 0);
});

test("a connection that breaks does not leave the button waiting", async (t) => {
  const { api, outbox, message } = await withButton(t);
  api.fault({ kind: "drop", method: "answerCallbackQuery" });
  const { answered, id } = await press(api, message);
  outbox.acknowledge(id);
  assert.equal((await answered)?.text, "");
});

test("a long notice is cut between characters, and a secret in it before that", async (t) => {
  const { api, outbox, message } = await withButton(t);
  const { answered, id } = await press(api, message);
  outbox.acknowledge(id, `${api.token} ${"😀".repeat(200)}`);
  const text = (await answered)?.text ?? "";
  assert.match(text, /^•+ (😀)+$/u);
  assert.ok(text.length <= 200 && text.length >= 199, `${text.length}`);
});

test("a press that is too old does no harm", async (t) => {
  const { api, outbox, says } = await withButton(t);
  outbox.acknowledge("long gone");
  await says("press not answered");
  assert.equal(api.calls("answerCallbackQuery").length, 1);
});
