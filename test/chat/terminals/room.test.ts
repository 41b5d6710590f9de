import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
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
  assert.deepEqual(sent, [`7: ${HEAD}\n✅ exit 0`]);
  const press = { action: "term-again", key: "term-1", person: ADA, place: AT(7), message: undefined };
  assert.equal(await room.press(press), "term-2 is open.");
  await until("the card", () => sent.length > 1);
  assert.match(sent[1] ?? "", /^7: 🖥 term-2 /);
  assert.deepEqual(room.registry.find("term-2")?.record.place, AT(7));
});

test("what somebody waits for is told by the next life when it could not be told at the end", async (t) => {
  const { life, sent, takesNothing, options } = await playedChat(t);
  const first = await life({ messenger: takesNothing });
  const known = await first.registry.openSession({ command: "exec cat" });
  await first.watch("term-1", "passed", AT(7));
  await first.watch("term-1", "exit", AT(8));
  await known.session.write(Buffer.from("passed\r\x04"));
  await known.session.ended;
  await life();
  await until("both", () => sent.length === 2);
  assert.deepEqual(sent.toSorted(), [`7: ${HEAD}\n👁 “passed” has appeared.`, `8: ${HEAD}\n✅ exit 0`]);
  const left = () => JSON.parse(readFileSync(options.statePath, "utf8")).sessions;
  await until("nothing is left to be told", () => left().length === 0);
});

test("who waits for the end is told when somebody else closes, and who closes is not", async (t) => {
  const { life, sent } = await playedChat(t);
  const room = await life();
  const close = (id: string) =>
    room.press({ action: "term-end", key: id, person: ADA, place: AT(7), message: undefined });
  for (const id of ["term-1", "term-2"]) {
    await room.registry.openSession({ command: "exec cat", place: AT(9) });
    for (const chatId of [7, 8]) await room.watch(id, "exit", AT(chatId));
  }
  assert.equal(await close("term-1"), "Closed.");
  // On the page.
  await room.close("term-2");
  // It is over: nothing is kept of this for another one.
  await close("term-2");
  await until("all", () => sent.length === 3);
  const closed = (id: string) => `🖥 ${id} · exec cat\n⏹ ended · It was closed.`;
  assert.deepEqual(sent, [`8: ${closed("term-1")}`, `7: ${closed("term-2")}`, `8: ${closed("term-2")}`]);
});
