import assert from "node:assert/strict";
import test from "node:test";
import { until } from "../../web/until.ts";
import { ADA, playedChat } from "./played-room.ts";

const AT = (chatId: number) => ({ chatId });
const HEAD = "🖥 term-1 · exec cat";

test("an owner who is removed is told no more, and what he has opened is opened again where it is asked for", async (t) => {
  const { life, sent, refused } = await playedChat(t);
  const room = await life();
  await room.open("exec cat", AT(9), false);
  const [known] = room.registry.open;
  assert.ok(known);
  await until("the card", () => sent.some((each) => each.startsWith("9: ")));
  for (const chatId of [9, 7]) await room.watch("term-1", "exit", AT(chatId));
  await room.watch("term-1", "off the list", AT(9));
  sent.length = 0;
  refused.add(9);
  room.configure();
  assert.deepEqual(
    [known.record.cards, known.record.watches],
    [[], [{ place: AT(7), for: { kind: "exit" } }]],
  );
  await known.session.write(Buffer.from("off the list\r\x04"));
  await until("the end", () => sent.length > 0);
  assert.deepEqual(sent, [`7: ${HEAD}\n⏹ exit 0`]);
  const press = { action: "term-again", key: "term-1", person: ADA, place: AT(7), message: undefined };
  assert.equal(await room.press(press), "term-2 is open.");
  await until("the card", () => sent.length > 1);
  assert.match(sent[1] ?? "", /^7: 🖥 term-2 /);
  assert.deepEqual(room.registry.find("term-2")?.record.place, AT(7));
});
