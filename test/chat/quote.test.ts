import assert from "node:assert/strict";
import test from "node:test";
import type { Message } from "../../src/telegram/types.ts";
import { ADA, BOB, BOT, incoming, message } from "./people.ts";

const bot = { ...ADA, id: BOT.id };

test("what a message replies to is quoted, with its author, and not at length", () => {
  const cases: [name: string, more: Partial<Message>, quote: string | undefined][] = [
    ["nothing", {}, undefined],
    ["a person", { reply_to_message: message("one\n\ntwo", { from: BOB }) }, "> Bob wrote:\n> one\n>\n> two"],
    ["the bot", { reply_to_message: message("done", { from: bot }) }, "> You wrote:\n> done"],
    [
      "a long message",
      { reply_to_message: message("x".repeat(900), { from: BOB }) },
      `> Bob wrote:\n> ${"x".repeat(500)} …`,
    ],
    [
      "a long answer of the bot",
      { reply_to_message: message("x".repeat(900), { from: bot }) },
      `> You wrote:\n> ${"x".repeat(200)} …`,
    ],
    [
      "not half a character",
      { reply_to_message: message(`${"x".repeat(199)}😀`, { from: bot }) },
      `> You wrote:\n> ${"x".repeat(199)} …`,
    ],
    [
      "the part that was marked",
      { reply_to_message: message("one two three", { from: BOB }), quote: { text: "two" } },
      "> Bob wrote:\n> two",
    ],
    ["a picture", { reply_to_message: message("", { from: BOB }) }, undefined],
    [
      "a name with line ends",
      { reply_to_message: message("x", { from: { ...BOB, first_name: "a\nb" } }) },
      "> a b wrote:\n> x",
    ],
  ];
  for (const [name, more, quote] of cases) assert.equal(incoming("hi", more).quote, quote, name);
});
