import assert from "node:assert/strict";
import test from "node:test";
import { linkOf, openTarget } from "../../../src/chat/terminals/page-way.ts";

const PAGE = "https://page.example.org/?session=term-12";

test("Open is the page in a private chat, and a link that Telegram takes in a group", () => {
  const cases: [
    chat: number,
    address: string | undefined,
    how: { isFixed?: boolean; hasMainApp?: true; username?: string },
    target: object | undefined,
  ][] = [
    [7, PAGE, { isFixed: false }, { app: PAGE }],
    [7, PAGE, { username: "" }, { app: PAGE }],
    [7, undefined, { hasMainApp: true }, undefined],
    [-7, PAGE, {}, { url: "https://t.me/nano_bot?start=term-12" }],
    [-1007, PAGE, { hasMainApp: true }, { url: "https://t.me/nano_bot?startapp=term-12" }],
    [-1007, PAGE, { hasMainApp: true, isFixed: false }, { url: "https://t.me/nano_bot?start=term-12" }],
    [-1007, PAGE, { username: "" }, undefined],
    [-1007, undefined, {}, undefined],
  ];
  for (const [chatId, address, { isFixed = true, ...more }, expected] of cases) {
    const bot = { id: 1, username: "nano_bot", ...more };
    const target = openTarget({ id: "term-12", chatId, address, isFixed, bot });
    assert.deepEqual(target, expected);
    assert.equal(linkOf(target), expected && Object.values(expected)[0]);
  }
});
