import assert from "node:assert/strict";
import test from "node:test";
import { call, told, withApi } from "./bot-api/client.ts";
import type { Update } from "./bot-api/wire.ts";
import type { BotApi } from "./bot-api.ts";

const STOP = { reply_markup: { inline_keyboard: [[{ text: "Stop", callback_data: "stop:1" }]] } };

async function poll(api: BotApi, params: object = {}): Promise<Update[]> {
  return (await call(api, "getUpdates", params)).result;
}
const ids = (updates: Update[]) => updates.map((update) => update.update_id);
const kinds = (updates: Update[]) => updates.map((update) => Object.keys(update)[1]);
const polling = (api: BotApi, count: number) =>
  api.waitFor(() => api.calls("getUpdates").length === count, { what: "the poll" });

test("getUpdates: kept until confirmed, limits, offsets", () =>
  withApi(async (api) => {
    const chat = api.privateChat(7);
    const said = ["a", "b", "c", "d"].map((text) => api.say(chat, text).update_id);
    const [a = 0, b = 0, c = 0, d = 0] = said;
    const cases: [params: object, expected: number[]][] = [
      [{}, said],
      [{ limit: 0 }, [a]],
      [{ limit: 2 }, [a, b]],
      [{ offset: b, limit: 1 }, [b]],
      [{}, [b, c, d]],
      [{ offset: d + 500 }, [b, c, d]],
      [{ offset: a }, [b, c, d]],
      [{ offset: -2 }, [c, d]],
      [{ offset: d + 1 }, []],
      [{}, []],
    ];
    for (const [params, expected] of cases) assert.deepEqual(ids(await poll(api, params)), expected);
    assert.equal(api.violations.length, 1, "the negative offset");
    api.restartUpdateIds(12);
    api.say(chat, "e");
    assert.deepEqual(ids(await poll(api, { offset: d + 1 })), [12], "a stale offset confirms nothing");
  }));

test("getUpdates: waits as long as told, at most 50 s, or for the next update", () =>
  withApi(
    async (api) => {
      const chat = api.privateChat(7);
      const started = performance.now();
      assert.deepEqual(await poll(api, { timeout: 1000 }), []);
      const took = performance.now() - started;
      assert.ok(took >= 95 && took < 1900, `${took} ms for 50 s at 0.002`);
      const waiting = poll(api, { timeout: 50_000 });
      await polling(api, 2);
      api.say(chat, "one");
      api.say(chat, "two");
      assert.equal((await waiting).length, 2);
      assert.deepEqual(
        api.calls().map(({ params }) => params.timeout),
        [1000, 50_000],
      );
    },
    { timeScale: 0.002 },
  ));

test("getUpdates: only the kinds asked for, remembered", () =>
  withApi(async (api) => {
    const chat = api.privateChat(7);
    const { message_id } = api.say(chat, "a").message;
    api.edit(chat, message_id, "b");
    api.block(chat);
    api.unblock(chat);
    const all = ["message", "edited_message", "my_chat_member", "my_chat_member"];
    assert.deepEqual(kinds(await poll(api, { allowed_updates: ["message"] })), all);
    await poll(api);
    api.edit(chat, message_id, "c");
    api.say(chat, "d");
    assert.deepEqual(kinds(await poll(api)), [...all, "message"]);
  }));

test("getUpdates: conflicts", () =>
  withApi(async (api) => {
    const older = call(api, "getUpdates", { timeout: 50 });
    await polling(api, 1);
    const newer = call(api, "getUpdates", { timeout: 50 });
    const terminated =
      "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";
    assert.deepEqual([(await older).status, (await older).description], [409, terminated]);
    api.setWebhook("https://a.b");
    assert.equal((await newer).description, "Conflict: terminated by setWebhook request");
    assert.match(await told(api, "getUpdates"), /can't use getUpdates method while webhook is active/);
    await call(api, "deleteWebhook");
    assert.equal(await told(api, "getUpdates"), "ok");
  }));

test("getUpdates: repeated and reversed on request, without a loss", () =>
  withApi(async (api) => {
    const chat = api.privateChat(7);
    const a = api.say(chat, "a").update_id;
    await poll(api, { offset: a + 1 });
    api.disorder("repeat");
    api.disorder("reverse");
    assert.deepEqual(ids(await poll(api)), [], "with nothing to disarrange it waits for the next");
    const [b = 0, c = 0] = ["b", "c"].map((text) => api.say(chat, text).update_id);
    assert.deepEqual(ids(await poll(api)), [a, b, c, b, c]);
    const d = api.say(chat, "d").update_id;
    assert.deepEqual(ids(await poll(api, { limit: 2 })), [c, b], "of those whose turn it is");
    assert.deepEqual(ids(await poll(api)), [b, c, d]);
    assert.deepEqual(ids(await poll(api, { offset: d + 1 })), []);
  }));

test("what people send", () =>
  withApi(async (api) => {
    const ada = api.privateChat(7, { firstName: "Ada", username: "ada" });
    const group = api.group(-1009, { supergroup: true, title: "Crew" });
    const first = api.say(ada, "/status@nano_test_bot now").message;
    assert.deepEqual(first.entities, [{ type: "bot_command", offset: 0, length: 21 }]);
    assert.deepEqual(first.from, { id: 7, is_bot: false, first_name: "Ada", username: "ada" });
    const album = { photo: { bytes: "p" }, mediaGroupId: "5", replyTo: first.message_id };
    const photo = api.say(ada, "see", album).message;
    assert.deepEqual([photo.caption, photo.text, photo.photo?.length], ["see", undefined, 2]);
    assert.deepEqual([photo.media_group_id, photo.reply_to_message?.message_id], ["5", first.message_id]);
    assert.equal(api.say(group, "hey", { from: 7 }).message.from?.username, "ada");
    const anonymous = api.say(group, "order", { senderChat: { id: -1009, title: "Crew" } }).message;
    assert.equal(anonymous.from?.username, "GroupAnonymousBot");
    assert.equal(first.message_id, api.messages(group)[0]?.messageId, "ids repeat between chats");
    api.edit(ada, first.message_id, "/cancel");
    assert.match(first.text ?? "", /status/, "an update stays as it was sent");
    assert.throws(() => api.say(group, "who?"), /say who speaks/);
    assert.throws(() => api.say(ada, "a".repeat(4097)), /splits/);
    assert.throws(() => api.say(group, "x", { from: 7, threadId: 3 }), /no topics/);
  }));

test("button presses", () =>
  withApi(
    async (api) => {
      const chat = api.privateChat(7);
      await call(api, "sendMessage", { chat_id: 7, text: "working", ...STOP });
      const message = await api.waitFor(() => api.messages(chat)[0]);
      const pressed = api.press(message, "Stop");
      const [update] = await poll(api);
      const { id: callback_query_id, data, from } = update?.callback_query ?? {};
      assert.deepEqual([data, from?.id], ["stop:1", 7]);
      await call(api, "answerCallbackQuery", { callback_query_id, text: "Stopping" });
      assert.deepEqual(await pressed, { text: "Stopping", showAlert: false });

      assert.equal(await api.press(message, "stop:1"), undefined, "nobody answered");
      assert.deepEqual(api.pending.filter((one) => one !== update).length, 0, "nor can it be delivered");
      assert.match(await told(api, "answerCallbackQuery", { callback_query_id }), /query is too old/);

      await assert.rejects(api.press(message, "Start"), /no button "Start" sends data; there is: "Stop"/);
      const lost = api.press(message, "Stop");
      const late = api.pending.at(-1);
      await call(api, "editMessageText", { chat_id: 7, message_id: message.messageId, text: "done" });
      assert.match(JSON.stringify(late), /"text":"working"/, "it shows what was pressed");
      await lost;
      await assert.rejects(api.press(message, "Stop"), /there is: none/);
      assert.equal(await api.press(message, "Stop", { stale: true }), undefined);
    },
    { timeScale: 0.003 },
  ));

test("chats and tokens that are lost", () =>
  withApi(async (api) => {
    const user = api.privateChat(7);
    const basic = api.group(-5);
    const other = api.group(-1006, { supergroup: true });
    const send = (chat_id: number) => call(api, "sendMessage", { chat_id, text: "a" });
    api.block(user);
    api.kick(other);
    const upgraded = api.upgrade(basic);
    const answers: [chat: number, status: number, description: string][] = [
      [7, 403, "Forbidden: bot was blocked by the user"],
      [-1006, 403, "Forbidden: bot was kicked from the supergroup chat"],
      [-5, 400, "Bad Request: group chat was upgraded to a supergroup chat"],
    ];
    for (const [chat, status, description] of answers) {
      const answer = await send(chat);
      assert.deepEqual([answer.status, answer.description], [status, description]);
    }
    assert.equal((await send(-5)).parameters?.migrate_to_chat_id, upgraded.id);
    assert.equal((await send(upgraded.id)).status, 200);
    api.unblock(user);
    assert.equal((await send(7)).status, 200);
    api.invalidateToken();
    assert.equal((await call(api, "getMe")).description, "Unauthorized");
    api.setToken("1:fresh");
    assert.equal((await call(api, "getMe")).status, 200);
  }));

test("a server that goes away comes back on its port with all it knew", () =>
  withApi(async (api) => {
    const chat = api.privateChat(7);
    const waiting = call(api, "getUpdates", { timeout: 50 });
    await polling(api, 1);
    await Promise.all([assert.rejects(waiting), api.goOffline()]);
    const refused = await call(api, "getMe").catch((error: Error) => error.cause);
    assert.equal((refused as { code?: string }).code, "ECONNREFUSED");
    api.say(chat, "meanwhile");
    await api.goOnline();
    assert.equal((await poll(api))[0]?.message?.text, "meanwhile");
  }));

test("waitFor resolves at the change, and fails with a picture of the chats", () =>
  withApi(async (api) => {
    const chat = api.privateChat(7, { firstName: "Ada" });
    const found = api.waitFor(() => api.messages(chat).find(({ text }) => text === "done"));
    api.say(chat, "hello");
    await call(api, "sendMessage", { chat_id: 7, text: "done", ...STOP, oops: 1 });
    assert.equal((await found).from, "bot");
    const failed = api.waitFor(() => false, { timeoutMs: 1, what: "pigs to fly" });
    await assert.rejects(failed, (error: Error) => {
      for (const part of [/after 1 ms waiting for pigs to fly/, /chat 7 \(private Ada\)/, /#1 7: "hello"/]) {
        assert.match(error.message, part);
      }
      assert.match(
        error.message,
        /#2 bot: "done" \[Stop\]\n.*sendMessage .* -> 200\n.*oops is not a parameter/s,
      );
      return true;
    });
    await assert.rejects(
      api.waitFor(async () => true),
      /no asynchronous condition/,
    );
    const open = api.waitFor(() => false);
    void api.waitFor(() => false, { what: "nothing: a failed test left it behind" });
    await Promise.all([assert.rejects(open, /closed while waiting/), api.close()]);
  }));
