import assert from "node:assert/strict";
import test from "node:test";
import { gzipSync } from "node:zlib";
import type { Button } from "../../src/chat/messenger.ts";
import { createSecrets } from "../../src/secrets.ts";
import { albumParameters, fileParameters, noticeText, textParameters } from "../../src/telegram/outgoing.ts";
import { concat, plain, type RichText, styled } from "../../src/text/entities.ts";

const SECRET = "sk-ant-0123456789";
const OTHER = 'pä"sswörd';
const HIDDEN = "•".repeat(SECRET.length);
const secrets = createSecrets([SECRET, OTHER]);

const shown = (text: RichText) => {
  const { text: clean, entities = [] } = textParameters({ text }, secrets);
  return { text: clean, marked: entities.map(({ offset, length }) => clean.slice(offset, offset + length)) };
};

test("failure 21: a secret is hidden in the text, and the entities around it stay where they are", () => {
  const text = concat("the key ", styled("code", SECRET), " is ", styled("bold", "yours"), ` ${SECRET}!`);
  assert.deepEqual(shown(text), {
    text: `the key ${HIDDEN} is yours ${HIDDEN}!`,
    marked: [HIDDEN, "yours"],
  });
});

test("failure 21: a link with a secret in its address is only its text", () => {
  const text = concat(
    styled("text_link", "open", { url: `https://example.com/?key=${SECRET}` }),
    " ",
    styled("text_link", "read", { url: "https://example.com/" }),
  );
  assert.deepEqual(shown(text), { text: "open read", marked: ["read"] });
});

test("failure 21: nothing that leaves holds a secret", () => {
  const text = styled("pre", `${SECRET} ${OTHER}`, { language: SECRET });
  const message = textParameters({ text, buttons: [[{ text: `Use ${SECRET}`, data: "1" }]] }, secrets);
  const bytes = Buffer.from(`{"key": ${JSON.stringify(OTHER)}} ${SECRET}`);
  const { document, ...rest } = fileParameters({ name: `${SECRET}.txt`, bytes, caption: OTHER }, secrets);
  const file = Buffer.from(document.bytes).toString();
  const notice = noticeText(`${"x".repeat(190)}${SECRET}`, secrets);
  const everything = JSON.stringify([message, document.name, rest, file, notice]);
  for (const value of [SECRET, SECRET.slice(0, 10), OTHER, "sswörd"]) {
    assert.ok(!everything.includes(value), `${value} in ${everything}`);
  }
  assert.equal(message.reply_markup?.inline_keyboard[0]?.[0]?.text, `Use ${HIDDEN}`);
});

test("a file that is no text changes in nothing but the secret", () => {
  const before = Buffer.concat([Buffer.from([0xff, 0x00, 0xfe]), Buffer.from(SECRET), gzipSync("x")]);
  const { document } = fileParameters({ name: "a.bin", bytes: before }, secrets);
  const after = Buffer.from(document.bytes);
  assert.equal(after.indexOf(SECRET), -1);
  assert.equal(after.length, before.length);
  assert.deepEqual(after.subarray(0, 3), before.subarray(0, 3));
  assert.deepEqual(after.subarray(3 + SECRET.length), before.subarray(3 + SECRET.length));
  assert.ok(before.includes(SECRET), "the caller's bytes are not touched");
});

test("a caption is cut to what Telegram takes, not within a character", () => {
  const { caption } = fileParameters(
    { name: "a", bytes: Buffer.of(), caption: `x${"😀".repeat(600)}` },
    secrets,
  );
  assert.equal(caption, `x${"😀".repeat(511)}`);
});

test("failure 21: an album holds no secret either", () => {
  const picture = { name: "a.png", bytes: Buffer.from(`x${SECRET}`), caption: SECRET };
  const { media, file0, file1 } = albumParameters([picture, { ...picture, caption: "" }], secrets);
  assert.deepEqual(media, [
    { type: "photo", media: "attach://file0", caption: HIDDEN },
    { type: "photo", media: "attach://file1" },
  ]);
  for (const file of [file0, file1]) assert.ok(!Buffer.from(file?.bytes ?? []).includes(SECRET));
});

test("what is empty is left out", () => {
  assert.deepEqual(textParameters({ text: plain("x"), buttons: [] }, secrets), {
    text: "x",
    link_preview_options: { is_disabled: true },
  });
  assert.deepEqual(Object.keys(fileParameters({ name: "a", bytes: Buffer.of() }, secrets)), ["document"]);
});

test("a button sends data, shows a page, or opens a link", () => {
  const cases: [button: Button, action: object][] = [
    [{ text: "a", data: "x:1" }, { callback_data: "x:1" }],
    [{ text: "a", app: "https://a.b/" }, { web_app: { url: "https://a.b/" } }],
    [{ text: "a", url: "https://t.me/bot?start=x" }, { url: "https://t.me/bot?start=x" }],
  ];
  for (const [button, action] of cases) {
    const { reply_markup: markup } = textParameters({ text: plain("b"), buttons: [[button]] }, secrets);
    assert.deepEqual(markup?.inline_keyboard, [[{ text: "a", ...action }]]);
  }
});
