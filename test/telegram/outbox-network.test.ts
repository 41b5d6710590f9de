import assert from "node:assert/strict";
import test from "node:test";
import { setImmediate } from "node:timers/promises";
import { plain, styled } from "../../src/text/entities.ts";
import type { Fault } from "../fakes/bot-api/faults.ts";
import { seen } from "../fakes/bot-api.ts";
import { fakeClock } from "../fakes/clock.ts";
import { count, edit, FAST, HI, notDelivered, sent, startBot } from "./bot.ts";

for (const final of [true, false]) {
  const kind = final ? "final edit" : "frame";

  for (const fault of ["drop", "drop-after", "500", "502-html", "cut-body"] as const) {
    test(`a ${kind} is tried until it goes through: ${fault}`, async (t) => {
      const { api, outbox } = await startBot(t, FAST);
      const chat = api.privateChat(7);
      const message = await sent(outbox, 7);
      api.fault({ kind: fault, method: "editMessageText", times: 3 });
      assert.equal(await edit(outbox, message, "after", final), "ok");
      assert.deepEqual(seen(api, chat), ["after"]);
      assert.equal(count(api, "editMessageText"), 4);
    });
  }
}

test("what could not leave leaves when the network is back, once, unmarked and in order", async (t) => {
  const { api, client, outbox } = await startBot(t, FAST);
  const chat = api.privateChat(7);
  const message = await sent(outbox, 7, "0");
  await api.goOffline();
  // The connection that was open would leave it in doubt whether the first of them has arrived.
  await assert.rejects(client.call("getMe", {}));
  const sends = ["1", "2", "3"].map((text) => outbox.send({ chatId: 7 }, { text: plain(text) }));
  const last = edit(outbox, message, "edited");
  await assert.rejects(client.call("getMe", {}));
  await api.goOnline();
  await Promise.all([...sends, last]);
  assert.deepEqual(seen(api, chat), ["edited", "1", "2", "3"]);
});

test("what waits because of an outage leaves at once when told that it is over", async (t) => {
  const clock = fakeClock();
  const { api, outbox } = await startBot(t, { clock });
  const chat = api.privateChat(7);
  await api.goOffline();
  const sending = outbox.send({ chatId: 7 }, HI);
  // The clock stands still: without a word this wait never ends.
  while (clock.pending === 0) await setImmediate();
  await api.goOnline();
  outbox.wake();
  assert.ok(await sending);
  assert.deepEqual(seen(api, chat), ["hi"]);
});

/** Faults after which nobody can tell whether the call was carried out, and whether it was. */
const AMBIGUOUS: readonly [Fault["kind"] & string, boolean][] = [
  ["drop", false],
  ["drop-after", true],
  ["502-html", false],
  ["cut-body", true],
];

for (const [kind, arrived] of AMBIGUOUS) {
  const fault = { kind, method: "sendMessage" } as Fault;

  test(`a message that may have arrived is not sent twice: ${kind}`, async (t) => {
    const bot = await startBot(t, FAST);
    const chat = bot.api.privateChat(7);
    bot.api.fault(fault);
    assert.equal(await bot.outbox.send({ chatId: 7 }, HI), undefined);
    assert.deepEqual(seen(bot.api, chat), arrived ? ["hi"] : []);
    assert.equal(notDelivered(bot), 1);
  });

  test(`an important one is sent again and says so, once: ${kind}`, async (t) => {
    const { api, outbox } = await startBot(t, FAST);
    const chat = api.privateChat(7);
    api.fault({ ...fault, times: 2 });
    const ref = await outbox.send({ chatId: 7 }, { text: styled("bold", "hi") }, { important: true });
    const mark = "(sent again, the connection broke)\nhi";
    assert.deepEqual(seen(api, chat), arrived ? ["hi", mark, mark] : [mark]);
    const last = api.messages(chat).at(-1);
    assert.equal(ref?.messageId, last?.messageId);
    assert.deepEqual(last?.entities, [
      { type: "italic", offset: 0, length: 34 },
      { type: "bold", offset: 35, length: 2 },
    ]);
  });
}

test("an important message of the greatest length is sent again too", async (t) => {
  const { api, outbox } = await startBot(t, FAST);
  const chat = api.privateChat(7);
  api.fault({ kind: "drop", method: "sendMessage" });
  const text = plain("x".repeat(outbox.limits.length));
  assert.ok(await outbox.send({ chatId: 7 }, { text }, { important: true }));
  assert.match(seen(api, chat)[0] ?? "", /^\(sent again.*\nx+$/);
});

test("a message is repeated after an error of the server, which has not taken it", async (t) => {
  const { api, outbox } = await startBot(t, FAST);
  const chat = api.privateChat(7);
  api.fault({ kind: "500", times: 3 });
  assert.ok(await outbox.send({ chatId: 7 }, HI));
  assert.deepEqual(seen(api, chat), ["hi"]);
});

test("a file that Telegram does not take is given up at once", async (t) => {
  const { api, outbox } = await startBot(t, FAST);
  api.privateChat(7);
  const place = { chatId: 7 };
  api.fault({ kind: "error", code: 413, description: "Request Entity Too Large", method: "sendDocument" });
  const file = { name: "a.txt", bytes: Buffer.from("x") };
  assert.equal(await outbox.sendFile(place, file, { important: true }), undefined);
  assert.equal(count(api, "sendDocument"), 1);
  const large = { name: "large", bytes: new Uint8Array(50_000_001) };
  assert.equal(await outbox.sendFile(place, large, { important: true }), undefined);
  assert.equal(count(api, "sendDocument"), 1);
});

test("an important file is uploaded again, but not for ever", async (t) => {
  const { api, outbox } = await startBot(t, FAST);
  const chat = api.privateChat(7);
  const file = { name: "a.txt", bytes: Buffer.from("x") };
  const upload = () => outbox.sendFile({ chatId: 7 }, file, { important: true });
  api.fault({ kind: "drop", method: "sendDocument", times: 2 });
  assert.ok(await upload());
  api.fault({ kind: "drop", method: "sendDocument", times: 3 });
  assert.equal(await upload(), undefined);
  assert.equal(api.documentsSent(chat).length, 1);
});

test("a file that may have arrived says that it is sent again", async (t) => {
  const cases: [caption: string | undefined, kind: "500" | "drop-after", captions: string[]][] = [
    [undefined, "500", [""]],
    [undefined, "drop-after", ["", "(sent again, the connection broke)"]],
    ["all of it", "drop-after", ["all of it", "(sent again, the connection broke)\nall of it"]],
  ];
  for (const [caption, kind, captions] of cases) {
    const { api, outbox } = await startBot(t, FAST);
    const chat = api.privateChat(7);
    const file = { name: "a.txt", bytes: Buffer.from("x"), ...(caption ? { caption } : {}) };
    api.fault({ kind, method: "sendDocument" });
    assert.ok(await outbox.sendFile({ chatId: 7 }, file, { important: true }));
    assert.deepEqual(seen(api, chat), captions);
  }
});
