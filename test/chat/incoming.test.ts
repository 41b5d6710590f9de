import assert from "node:assert/strict";
import test from "node:test";
import { nameOf, placeOf, readIncoming } from "../../src/chat/incoming.ts";
import type { Message, MessageEntity } from "../../src/telegram/types.ts";
import { ADA, BOT, incoming, message } from "./people.ts";

const GROUP = { id: -100, type: "supergroup" } as const;

/** The entities that Telegram would add for these words. */
function marked(text: string, ...words: string[]): { text: string; entities: MessageEntity[] } {
  const entities = words.map((word) => ({
    type: "mention",
    offset: text.indexOf(word),
    length: word.length,
  }));
  return { text, entities };
}

const inGroup = (text: string, more: Partial<Message> = {}) => incoming(text, { chat: GROUP, ...more });

test("failure 7: a command is read with the bot's name or without, and not with another's", () => {
  const cases: [text: string, command: { name: string; args: string } | undefined][] = [
    ["/status", { name: "status", args: "" }],
    ["/status@NanoBot", { name: "status", args: "" }],
    ["/status@nanobot now", { name: "status", args: "now" }],
    ["/run a\nb  ", { name: "run", args: "a\nb" }],
    [" /status ", { name: "status", args: "" }],
    ["/Status", { name: "Status", args: "" }],
    ["/plugin:do-it x", { name: "plugin:do-it", args: "x" }],
    ["/status@OtherBot", undefined],
    ["/", undefined],
    ["/usr/bin/env", undefined],
    ["what is /status", undefined],
    ["/한글", undefined],
    ["", undefined],
  ];
  for (const [text, command] of cases) assert.deepEqual(incoming(text).command, command, text);
});

test("in a group only what is meant for the bot is", () => {
  const cases: [name: string, message: Partial<Message>, addressed: boolean][] = [
    ["talk", { text: "hello all" }, false],
    ["a command", { text: "/status" }, true],
    ["a command of ours", { text: "/status@NanoBot" }, true],
    ["a command of another", { text: "/status@OtherBot" }, false],
    ["a mention", marked("hey @nanobot, look", "@nanobot"), true],
    ["a mention of another", marked("hey @OtherBot", "@OtherBot"), false],
    ["ours after another", marked("@OtherBot @NanoBot hi", "@OtherBot", "@NanoBot"), true],
    ["what only looks like a mention", { text: "mail@nanobot.example" }, false],
    [
      "a mention by name",
      {
        text: "Nano hi",
        entities: [{ type: "text_mention", offset: 0, length: 4, user: { ...ADA, id: BOT.id } }],
      },
      true,
    ],
    [
      "someone else by name",
      { text: "Bob hi", entities: [{ type: "text_mention", offset: 0, length: 3, user: ADA }] },
      false,
    ],
    [
      "a reply to it",
      { text: "yes", reply_to_message: message("?", { from: { ...ADA, id: BOT.id } }) },
      true,
    ],
    ["a reply to another", { text: "yes", reply_to_message: message("?") }, false],
    [
      "a command of another in reply to it",
      { text: "/x@OtherBot", reply_to_message: message("?", { from: { ...ADA, id: BOT.id } }) },
      false,
    ],
    [
      "a caption",
      { caption: "@NanoBot see", caption_entities: [{ type: "mention", offset: 0, length: 8 }] },
      true,
    ],
  ];
  for (const [name, more, addressed] of cases) {
    const { text, ...rest } = { ...message("", { chat: GROUP }), ...more };
    const sent = text === "" || text === undefined ? rest : { ...rest, text };
    assert.equal(readIncoming(1, sent, ADA, BOT).addressed, addressed, name);
  }
  assert.equal(incoming("hello").addressed, true, "in private everything is");
});

test("the mention is no part of the prompt, the rest is left as it was", () => {
  const cases: [text: string, prompt: string][] = [
    ["@NanoBot fix it", "fix it"],
    ["fix it @NanoBot", "fix it"],
    ["please @NanoBot   fix it", "please fix it"],
    ["👩‍👧 한글 @NanoBot fix", "👩‍👧 한글 fix"],
    ["@NanoBot", ""],
    ["@NanoBot\n  indented\n  code", "indented\n  code"],
  ];
  for (const [text, prompt] of cases) {
    assert.equal(inGroup(text, marked(text, "@NanoBot")).text, prompt, text);
  }
  assert.deepEqual(inGroup("", marked("@NanoBot /status now", "@NanoBot")).command, {
    name: "status",
    args: "now",
  });
});

test("failure 7: a caption is the text, and every kind of file is taken, once", () => {
  const file = (id: string) => ({ file_id: id });
  const cases: [name: string, more: Partial<Message>, files: string[]][] = [
    ["a photo in its sizes", { photo: [file("s"), file("m"), file("l")] }, ["l"]],
    ["a document", { document: file("d") }, ["d"]],
    ["a voice", { voice: file("v") }, ["v"]],
    ["a song", { audio: file("a") }, ["a"]],
    ["a video", { video: file("v") }, ["v"]],
    ["a round video", { video_note: file("n") }, ["n"]],
    ["an animation, which comes as a document too", { animation: file("g"), document: file("g") }, ["g"]],
    ["nothing", {}, []],
    ["a photo without sizes", { photo: [] }, []],
  ];
  for (const [name, more, files] of cases) {
    const { text: _, ...sent } = message("", { caption: "look", ...more });
    const read = readIncoming(1, sent, ADA, BOT);
    assert.deepEqual(
      read.files.map(({ file_id }) => file_id),
      files,
      name,
    );
    assert.equal(read.text, "look");
  }
});

test("the answer belongs where the message is, in its topic where that is one", () => {
  const cases: [more: Partial<Message>, place: object][] = [
    [{}, { chatId: 7 }],
    [{ chat: GROUP, message_thread_id: 5 }, { chatId: -100 }],
    [
      { chat: GROUP, message_thread_id: 5, is_topic_message: true },
      { chatId: -100, threadId: 5 },
    ],
  ];
  for (const [more, place] of cases) assert.deepEqual(placeOf(message("x", more)), place);
});

test("a person has a name, whatever he has given", () => {
  assert.equal(nameOf({ ...ADA, username: "ada" }), "Ada");
  assert.equal(nameOf({ id: 7, is_bot: false, first_name: "", username: "ada" }), "ada");
  assert.equal(nameOf({ id: 7, is_bot: false, first_name: "" }), "7");
});

test("what a message answers is the text of the bot's own message, or what stands under its picture", () => {
  const nano = { ...ADA, id: BOT.id };
  const cases: [name: string, answered: Message, answers: string | undefined][] = [
    ["a text", message("🖥 term-1 · sh", { from: nano }), "🖥 term-1 · sh"],
    ["a picture", captioned("🖥 term-1 · sh", { from: nano }), "🖥 term-1 · sh"],
    ["a picture without words", captioned(undefined, { from: nano }), undefined],
    ["another's picture", captioned("🖥 term-1 · sh", {}), undefined],
  ];
  for (const [name, reply_to_message, answers] of cases)
    assert.equal(incoming("ls", { reply_to_message }).answers, answers, name);
});

function captioned(caption: string | undefined, more: Partial<Message>): Message {
  const { text, ...rest } = message("", more);
  return { ...rest, photo: [{ file_id: "1" }], ...(caption === undefined ? {} : { caption }) };
}
