import assert from "node:assert/strict";
import test from "node:test";
import { seen } from "../bot-api.ts";
import { call, form, told, withApi } from "./client.ts";

const bold = (offset: number, length: number) => ({ type: "bold", offset, length });
const button = (extra: object) => ({ reply_markup: { inline_keyboard: [[{ text: "Go", ...extra }]] } });
const menu = (chat_id: number, url: string) => ({
  chat_id,
  menu_button: { type: "web_app", text: "Page", web_app: { url } },
});
const PNG = "\u0089PNG";

test("parameters that do not exist or fit, and parse_mode, are recorded", () =>
  withApi(async (api) => {
    api.privateChat(7);
    const cases: [method: string, params: object, violation: string][] = [
      ["sendMessage", { text: "a", entitites: [] }, "entitites is not a parameter of sendMessage"],
      [
        "sendMessage",
        { text: "a", message_thread_id: "x" },
        "message_thread_id of sendMessage is not of type int",
      ],
      ["sendMessage", { text: "a", parse_mode: "HTML" }, "sendMessage with parse_mode"],
      ["getUpdates", { allowed_updates: ["mesage"] }, "no update is of kind mesage"],
      [
        "sendMessage",
        { text: "a", ...button({ url: "https://a.b", colour: "red" }) },
        "a button has no field colour",
      ],
    ];
    for (const [method, params, violation] of cases) {
      await call(api, method, { ...(method === "getUpdates" ? {} : { chat_id: 7 }), ...params });
      assert.ok(api.violations.at(-1)?.startsWith(violation), `${api.violations.at(-1)}`);
    }
    assert.equal(api.violations.length, cases.length);
  }));

test("buttons", () =>
  withApi(async (api) => {
    api.privateChat(7);
    api.group(-9);
    const app = { web_app: { url: "https://a.b" } };
    const cases: [chat: number, extra: object, answer: RegExp][] = [
      [7, { callback_data: "é".repeat(32) }, /^ok$/],
      [7, { callback_data: `${"é".repeat(32)}x` }, /BUTTON_DATA_INVALID/],
      [7, { callback_data: "" }, /BUTTON_DATA_INVALID/],
      [7, {}, /text buttons are unallowed/],
      [7, { callback_data: "a", url: "https://a.b" }, /only one of callback_data, url/],
      [7, { text: "", callback_data: "a" }, /non-empty String/],
      [7, { url: "nowhere" }, /URL 'nowhere' is invalid/],
      [7, { callback_data: "a", style: "danger" }, /^ok$/],
      [7, { callback_data: "a", style: "pink" }, /style/],
      [7, { copy_text: { text: "a".repeat(257) } }, /BUTTON_COPY_TEXT_INVALID/],
      [7, app, /^ok$/],
      [7, { web_app: { url: "http://a.b" } }, /only HTTPS/],
      [-9, app, /BUTTON_TYPE_INVALID/],
    ];
    for (const [chat_id, extra, answer] of cases) {
      assert.match(await told(api, "sendMessage", { chat_id, text: "a", ...button(extra) }), answer);
    }
  }));

test("edits and deletions", () =>
  withApi(async (api) => {
    const chat = api.privateChat(7);
    const own = api.say(chat, "mine").message.message_id;
    await call(api, "sendMessage", { chat_id: 7, text: "a", ...button({ callback_data: "x" }) });
    await call(api, "sendMessage", { chat_id: 7, text: "k", reply_markup: { keyboard: [[{ text: "k" }]] } });
    const [, message, withKeys] = api.messages(chat);
    const keyboard = button({ callback_data: "x" });
    const unmodified =
      "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message";
    const cases: [method: string, id: number | undefined, params: object, answer: string][] = [
      ["editMessageText", message?.messageId, { text: " a \n", ...keyboard }, unmodified],
      ["editMessageReplyMarkup", message?.messageId, keyboard, unmodified],
      ["editMessageText", message?.messageId, { text: "a" }, "ok"],
      ["editMessageText", message?.messageId, { text: "a" }, unmodified],
      ["editMessageText", message?.messageId, { text: "a", entities: [bold(0, 1)] }, "ok"],
      ["editMessageText", message?.messageId, { text: "b".repeat(4097) }, "Bad Request: MESSAGE_TOO_LONG"],
      ["editMessageText", message?.messageId, { text: "" }, "Bad Request: message text is empty"],
      ["editMessageText", 999, { text: "b" }, "Bad Request: message to edit not found"],
      ["editMessageText", own, { text: "b" }, "Bad Request: message can't be edited"],
      ["editMessageText", withKeys?.messageId, { text: "b" }, "Bad Request: message can't be edited"],
      ["deleteMessage", message?.messageId, {}, "ok"],
      ["deleteMessage", message?.messageId, {}, "Bad Request: message to delete not found"],
      ["editMessageText", message?.messageId, { text: "c" }, "Bad Request: message to edit not found"],
    ];
    for (const [method, message_id, params, answer] of cases) {
      assert.equal(await told(api, method, { chat_id: 7, message_id, ...params }), answer);
    }
    const now = api.messages(chat)[1];
    assert.deepEqual(
      now?.states.map(({ text, entities, keyboard }) => [text, entities.length, keyboard.length]),
      [
        ["a", 0, 1],
        ["a", 0, 0],
        ["a", 1, 0],
      ],
    );
    assert.equal(now?.deleted, true);
    assert.equal(message?.deleted, false, "what was read before stays as it was");
    assert.deepEqual(seen(api, chat), ["k"]);
  }));

test("edits of a message with a picture", () =>
  withApi(async (api) => {
    const chat = api.privateChat(7);
    const png = (name: string, size = 1) => {
      const header = Buffer.from(`${PNG}\r\n\u001a\n____IHDR........${name}`, "latin1");
      header.writeUInt32BE(size, 16);
      header.writeUInt32BE(1, 20);
      return new Blob([header]);
    };
    const withFile = (fields: Record<string, string>, part: string, file: Blob) => {
      const made = form({ chat_id: "7", ...fields });
      made.set(part, file, "a.png");
      return made;
    };
    const keyboard = button({ callback_data: "x" });
    const markup = { reply_markup: JSON.stringify(keyboard.reply_markup) };
    const media = (kind: string, caption: string, file: Blob, message_id = "1", more = markup) =>
      withFile(
        { message_id, media: JSON.stringify({ type: kind, media: "attach://f", caption }), ...more },
        "f",
        file,
      );
    const unmodified =
      "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message";
    const caption = (text: string, message_id = 1) => ({ chat_id: 7, message_id, caption: text });
    const cases: [method: string, params: object | FormData, answer: string][] = [
      ["sendPhoto", withFile({ caption: "one", ...markup }, "photo", png("1")), "ok"],
      ["sendPhoto", withFile({}, "photo", png("1", 21)), "Bad Request: PHOTO_INVALID_DIMENSIONS"],
      ["sendMessage", { chat_id: 7, text: "text" }, "ok"],
      [
        "editMessageText",
        { chat_id: 7, message_id: 1, text: "two" },
        "Bad Request: there is no text in the message to edit",
      ],
      ["editMessageCaption", caption("x", 2), "Bad Request: there is no caption in the message to edit"],
      ["editMessageCaption", { ...caption("one"), ...keyboard }, unmodified],
      ["editMessageCaption", { ...caption("two"), ...keyboard }, "ok"],
      ["editMessageCaption", caption("a".repeat(1025)), "Bad Request: message caption is too long"],
      ["editMessageMedia", media("photo", "two", png("1")), unmodified],
      ["editMessageMedia", media("photo", "two", png("2")), "ok"],
      ["editMessageMedia", media("photo", "two", png("2"), "9"), "Bad Request: message to edit not found"],
      [
        "editMessageMedia",
        media("sticker", "two", png("2")),
        "Bad Request: can't parse InputMedia: type of the media is invalid",
      ],
      [
        "editMessageMedia",
        { chat_id: 7, message_id: 1, media: { type: "photo", media: "attach://f" } },
        "Bad Request: wrong file identifier/HTTP URL specified",
      ],
      ["editMessageMedia", media("document", "three", png("2")), "ok"],
    ];
    for (const [method, params, answer] of cases) assert.equal(await told(api, method, params), answer);
    const seen = api.messages(chat)[0];
    assert.deepEqual(
      seen?.states.map(({ text, keyboard: rows }) => [text, rows.length]),
      [
        ["one", 1],
        ["two", 1],
        ["two", 1],
        ["three", 1],
      ],
    );
    assert.equal(seen?.document?.kind, "document");
    assert.deepEqual(api.violations, []);
  }));

test("files, in and out", () =>
  withApi(async (api) => {
    const chat = api.privateChat(7);
    const fields = { chat_id: "7", caption: "two", caption_entities: JSON.stringify([bold(0, 3)]) };
    const media = [1, 2].map((n) => ({ type: "document", media: `attach://f${n}`, caption: `${n}` }));
    const cases: [method: string, form: FormData, answer: string][] = [
      ["sendDocument", form(fields, { document: ["ü.txt", "line\r\n--x\r\n"] }), "ok"],
      ["sendDocument", form(fields, { document: ["a", ""] }), "Bad Request: file must be non-empty"],
      ["sendDocument", form(fields), "Bad Request: there is no document in the request"],
      [
        "sendDocument",
        form({ ...fields, caption: "a".repeat(1025) }, { document: ["a", "b"] }),
        "Bad Request: message caption is too long",
      ],
      ["sendPhoto", form(fields, { photo: ["a.png", "no picture"] }), "Bad Request: IMAGE_PROCESS_FAILED"],
      [
        "sendMediaGroup",
        form({ chat_id: "7", media: JSON.stringify(media) }, { f1: ["1", "x"], f2: ["2", "y"] }),
        "ok",
      ],
      [
        "sendMediaGroup",
        form({ chat_id: "7", media: "[]" }),
        "Bad Request: too few messages to send as an album",
      ],
    ];
    for (const [method, body, answer] of cases) assert.equal(await told(api, method, body), answer);
    const photo = form(fields);
    photo.set("photo", new Blob([Buffer.from(PNG, "latin1")]), "a.png");
    assert.equal(await told(api, "sendPhoto", photo), "ok");
    assert.deepEqual(
      api.documentsSent(chat).map(({ name, bytes, caption }) => [name, bytes.toString("latin1"), caption]),
      [
        ["ü.txt", "line\r\n--x\r\n", "two"],
        ["1", "x", "1"],
        ["2", "y", "2"],
        ["a.png", PNG, "two"],
      ],
    );

    const { message } = api.say(chat, "look", { document: { name: "a.bin", bytes: "\0\xff" } });
    const file = await call(api, "getFile", { file_id: message.document?.file_id });
    const { file_path } = file.result as { file_path: string };
    const got = await fetch(`${api.root}/file/bot${api.token}/${file_path}`);
    assert.equal(Buffer.from(await got.arrayBuffer()).toString(), "\0\xff");
    const huge = api.say(chat, "", { video: { bytes: "x", size: 21 * 1024 * 1024 } }).message.video;
    assert.equal(await told(api, "getFile", { file_id: huge?.file_id }), "Bad Request: file is too big");
    assert.equal(await told(api, "getFile", { file_id: "?" }), "Bad Request: invalid file_id");
    assert.equal((await fetch(`${api.root}/file/bot${api.token}/nothing`)).status, 404);

    const over = await fetch(`${api.root}/bot${api.token}/sendDocument`, {
      method: "POST",
      body: form(fields, { document: ["big", "x".repeat(50 * 1024 * 1024)] }),
    });
    assert.equal(over.status, 413);
    assert.match(await over.text(), /^<html>/);
    assert.deepEqual(api.violations, []);
  }));

test("the smaller methods", () =>
  withApi(async (api) => {
    const chat = api.privateChat(7);
    const forum = api.group(-1007, { forum: true });
    const { message_id } = api.say(chat, "hi").message;
    const command = { command: "help", description: "What I do" };
    const cases: [method: string, params: object, answer: string][] = [
      ["sendChatAction", { chat_id: 7, action: "typing" }, "ok"],
      ["sendChatAction", { chat_id: 7, action: "dancing" }, "Bad Request: wrong parameter action in request"],
      ["setMessageReaction", { chat_id: 7, message_id, reaction: [{ type: "emoji", emoji: "👀" }] }, "ok"],
      [
        "setMessageReaction",
        { chat_id: 7, message_id, reaction: [{ type: "emoji", emoji: "✅" }] },
        "Bad Request: REACTION_INVALID",
      ],
      ["setChatMenuButton", menu(7, "https://a.b"), "ok"],
      ["setChatMenuButton", { chat_id: 7, menu_button: { type: "default" } }, "ok"],
      [
        "setChatMenuButton",
        menu(7, "http://a.b"),
        "Bad Request: menu button Web App URL is invalid: only HTTPS links are allowed",
      ],
      ["setChatMenuButton", menu(-1007, "https://a.b"), "Bad Request: invalid chat_id specified"],
      ["setChatMenuButton", menu(8, "https://a.b"), "Bad Request: chat not found"],
      ["setMyCommands", { commands: [command] }, "ok"],
      ["setMyCommands", { commands: [command], scope: { type: "chat", chat_id: 7 } }, "ok"],
      ["setMyCommands", { commands: [{ ...command, command: "Help" }] }, "Bad Request: BOT_COMMAND_INVALID"],
      ["setMyCommands", { commands: Array(101).fill(command) }, "Bad Request: BOT_COMMANDS_TOO_MUCH"],
      ["createForumTopic", { chat_id: -1007, name: "one" }, "ok"],
      ["createForumTopic", { chat_id: 7, name: "one" }, "Bad Request: the chat is not a forum"],
      ["sendMessage", { chat_id: -1007, text: "a", message_thread_id: 1000 }, "ok"],
      [
        "answerCallbackQuery",
        { callback_query_id: "1" },
        "Bad Request: query is too old and response timeout expired or query ID is invalid",
      ],
      ["getChat", { chat_id: 7 }, "ok"],
      ["sendFax", { chat_id: 7 }, "Not Found"],
    ];
    for (const [method, params, answer] of cases) assert.equal(await told(api, method, params), answer);
    assert.deepEqual(
      api.actions(chat).map(({ action }) => action),
      ["typing"],
    );
    assert.deepEqual([...api.commands.keys()], ["default", "chat 7"]);
    assert.deepEqual(api.messages(chat)[0]?.reactions, ["👀"]);
    assert.equal(api.messages(forum)[0]?.threadId, 1000);
    assert.deepEqual([...api.topics(forum).values()], ["one"]);
  }));

test("every way to call a method", () =>
  withApi(async (api) => {
    const chat = api.privateChat(7);
    const url = `${api.root}/bot${api.token}`;
    const ways: [url: string, init: RequestInit, status: number][] = [
      [`${url}/SENDmessage?chat_id=7&text=get`, {}, 200],
      [
        `${url}/sendMessage`,
        { method: "POST", body: new URLSearchParams({ chat_id: "7", text: "form" }) },
        200,
      ],
      [`${url}/sendMessage`, { method: "POST", body: form({ chat_id: "7", text: "multipart" }) }, 200],
      [`${url.replace(":A", "%3AA")}/sendMessage?chat_id=7&text=escaped`, {}, 200],
      [`${url}x/getMe`, {}, 401],
      [
        `${url}/sendMessage`,
        { method: "POST", body: "{", headers: { "content-type": "application/json" } },
        400,
      ],
      [`${api.root}/`, {}, 404],
    ];
    for (const [address, init, status] of ways) {
      const response = await fetch(address, init);
      const { error_code = 200 } = (await response.json()) as { error_code?: number };
      assert.deepEqual([response.status, error_code], [status, status], address);
    }
    assert.deepEqual(seen(api, chat), ["get", "form", "multipart", "escaped"]);
    assert.deepEqual(api.calls("sendMessage")[0]?.params, { chat_id: 7, text: "get" });
  }));
