import assert from "node:assert/strict";
import test from "node:test";
import { call, told, withApi } from "./client.ts";

const bold = (offset: number, length: number) => ({ type: "bold", offset, length });

test("texts: what is refused", () =>
  withApi(async (api) => {
    api.privateChat(7);
    const cases: [params: object, answer: string][] = [
      [{ text: "a".repeat(4096) }, "ok"],
      [{ text: "😀".repeat(4096) }, "ok"],
      [{ text: ` ${"a".repeat(4096)}\n` }, "ok"],
      [{ text: "a".repeat(4097) }, "Bad Request: message is too long"],
      [{ text: "a".repeat(32_769) }, "Bad Request: text is too long"],
      [{}, "Bad Request: message text is empty"],
      [{ text: " \n\t" }, "Bad Request: text must be non-empty"],
      [{ text: "\ud83d" }, "Bad Request: text must be encoded in UTF-8"],
      [{ chat_id: 8, text: "a" }, "Bad Request: chat not found"],
      [{ text: "a", message_thread_id: 5 }, "Bad Request: message thread not found"],
      [{ text: "a", reply_parameters: { message_id: 99 } }, "Bad Request: message to be replied not found"],
      [{ text: "a", reply_parameters: { message_id: 99, allow_sending_without_reply: true } }, "ok"],
    ];
    for (const [params, answer] of cases) {
      assert.equal(await told(api, "sendMessage", { chat_id: 7, ...params }), answer, JSON.stringify(params));
    }
    assert.deepEqual(api.violations, []);
  }));

test("texts: what becomes of them", () =>
  withApi(async (api) => {
    const chat = api.privateChat(7);
    const cases: [text: string, entities: object[], shown: string, shownEntities: object[]][] = [
      ["  a b \n", [], "a b", []],
      ["  a b \n", [bold(4, 3)], "a b", [bold(2, 1)]],
      ["   a", [bold(1, 3)], "  a", [bold(0, 3)]],
      ["   a", [bold(0, 2)], "a", []],
      ["a\tb\u0007c\nd", [], "a b c\nd", []],
      ["a\r\nbc", [bold(3, 2)], "a\nbc", [bold(2, 2)]],
      ["a  ", [bold(0, 1), bold(2, 1)], "a", [bold(0, 1)]],
      ["👉 x", [bold(0, 2), bold(3, 1)], "👉 x", [bold(0, 2), bold(3, 1)]],
    ];
    for (const [text, entities, shown, shownEntities] of cases) {
      assert.equal(await told(api, "sendMessage", { chat_id: 7, text, entities }), "ok");
      const last = api.messages(chat).at(-1);
      assert.deepEqual([last?.text, last?.entities], [shown, shownEntities]);
    }
    const many = Array.from({ length: 103 }, (_, index) => bold(index, 1));
    await call(api, "sendMessage", { chat_id: 7, text: "a".repeat(103), entities: many });
    assert.equal(api.messages(chat).at(-1)?.entities.length, 100);
    assert.equal(api.droppedEntities, 3);
    assert.deepEqual(api.violations, []);
  }));

test("entities that are the bot's mistake are refused, or taken, and always recorded", () =>
  withApi(async (api) => {
    api.privateChat(7);
    const cases: [entities: object[], answer: RegExp][] = [
      [[bold(1, 1)], /begins in a middle of a UTF-16 symbol/],
      [[bold(0, 1)], /ends in a middle of a UTF-16 symbol/],
      [[bold(0, 99)], /ends after the end of the text/],
      [[bold(99, 1)], /begins after the end of the text/],
      [[bold(-1, 2)], /incorrect offset -1/],
      [[bold(0, 0)], /incorrect length 0/],
      [[bold(0, 4), { type: "italic", offset: 3, length: 3 }], /intersect/],
      [[{ type: "blink", offset: 0, length: 2 }], /unsupported type blink/],
      [[{ type: "text_link", offset: 0, length: 2 }], /url of text_link/],
      [[{ type: "code", offset: 0, length: 2, language: "ts" }], /language of code/],
      [[{ type: "pre", offset: 0, length: 4 }, bold(2, 2)], /^ok$/],
      [[bold(2, 2), { type: "code", offset: 2, length: 2 }], /^ok$/],
      [
        [
          { type: "blockquote", offset: 0, length: 4 },
          { type: "expandable_blockquote", offset: 2, length: 1 },
        ],
        /^ok$/,
      ],
    ];
    for (const [index, [entities, answer]] of cases.entries()) {
      assert.match(await told(api, "sendMessage", { chat_id: 7, text: "👉abcdef", entities }), answer);
      assert.equal(api.violations.length, index + 1, JSON.stringify(entities));
    }
  }));
