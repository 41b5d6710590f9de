import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { plain } from "../../src/text/entities.ts";
import { startBot } from "./bot.ts";

describe("a chat that has to wait", { concurrency: true }, () => {
  for (const method of ["editMessageText", "sendMessage", "sendChatAction"] as const) {
    it(`failure 3: a 429 on ${method} stops every call for the chat until it is over, and loses nothing`, async (t) => {
      const { api, outbox } = await startBot(t);
      const chat = api.privateChat(7);
      api.privateChat(8);
      const message = await outbox.send({ chatId: 7 }, { text: plain("…") });
      assert.ok(message);
      api.fault({ kind: "429", retryAfter: 1, chatId: 7, method });
      const told = api.waitFor(() => api.calls(method).find(({ status }) => status === 429));
      if (method === "sendChatAction") outbox.typing({ chatId: 7 });
      if (method === "editMessageText")
        void outbox.edit(message, () => ({ text: plain("1") }), { final: false });
      const first =
        method === "sendMessage" ? outbox.send({ chatId: 7 }, { text: plain("first") }) : undefined;
      const { at } = await told;
      const before = api.calls().length;
      outbox.typing({ chatId: 7 });
      const results = Promise.all([
        outbox.send({ chatId: 7 }, { text: plain("reply") }),
        outbox.edit(message, () => ({ text: plain("done") }), { final: true }),
        outbox.send({ chatId: 8 }, { text: plain("another chat") }),
        first,
      ]);
      const [, edited] = await results;
      assert.equal(edited, "ok");
      const texts = api.messages(chat).map(({ text }) => text);
      assert.deepEqual(texts, ["done", ...(first ? ["first"] : []), "reply"]);
      const [other, ...own] = api.calls().slice(before);
      assert.equal(other?.params.chat_id, 8);
      const waits = own.map((call) => call.at - at);
      assert.ok(waits.every((wait) => wait >= 990) && Math.min(...waits) < 2_000, `${waits}`);
      assert.equal(api.hammering, 0);
    });
  }
});
