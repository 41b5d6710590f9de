import assert from "node:assert/strict";
import test from "node:test";
import type { Clock } from "../../src/clock.ts";
import type { BotClient } from "../../src/telegram/client.ts";
import { updateFault } from "../../src/telegram/update-fault.ts";
import { startPolling } from "./polling.ts";

const from = { id: 7, is_bot: false, first_name: "Ada" };
const chat = { id: 7, type: "private" };
const message = { message_id: 1, date: 0, chat, from };
const withMessage = (change: object) => ({ update_id: 1, message: { ...message, ...change } });
const pressed = (change: object) => ({ update_id: 1, callback_query: { id: "1", from, message, ...change } });

/** How deep JSON can be written hangs on the stack; what is refused must not. */
function nested(depth: number): unknown {
  let inner: unknown = "x";
  for (let level = 0; level < depth; level += 1) inner = [inner];
  return inner;
}

test("updates as Telegram sends them have no fault, whatever else is in them", () => {
  const updates: object[] = [
    { update_id: 1 },
    { update_id: 1, later: nested(99) },
    { update_id: 1, channel_post: "of no interest" },
    withMessage({ from: undefined, sender_chat: { id: -1, type: "channel" } }),
    withMessage({ text: "x", entities: [{ type: "bold", offset: 0, length: 1 }], later: {} }),
    withMessage({ photo: [{ file_id: "1", file_size: 1 }], caption: "x", reply_to_message: {} }),
    { update_id: 1, edited_message: message },
    pressed({ data: "stop:1-a" }),
    pressed({ message: undefined }),
  ];
  for (const update of updates) assert.equal(updateFault(update), undefined, JSON.stringify(update));
});

const FAULTS: readonly (readonly [unknown, string])[] = [
  [null, "it is no object"],
  [[], "it is no object"],
  [{}, "update_id is no whole number"],
  [{ update_id: 2 ** 53 }, "update_id is no whole number"],
  [{ update_id: 1, message: null }, "message is no object"],
  [withMessage({ from: { ...from, id: "7" } }), "message.from.id is no whole number"],
  [withMessage({ from: { ...from, id: [7] } }), "message.from.id is no whole number"],
  [withMessage({ from: { id: 7, first_name: "Ada" } }), "message.from.is_bot is not true or false"],
  [withMessage({ from: { ...from, is_bot: 0 } }), "message.from.is_bot is not true or false"],
  [withMessage({ chat: undefined }), "message.chat is no object"],
  [withMessage({ chat: { id: 7, type: "secret" } }), "message.chat.type is no type of chat"],
  [withMessage({ sender_chat: null }), "message.sender_chat is no object"],
  [withMessage({ text: ["x"] }), "message.text is no text"],
  [withMessage({ entities: [null] }), "message.entities[0] is no object"],
  [withMessage({ document: { file_id: 1 } }), "message.document.file_id is no text"],
  [pressed({ data: {} }), "callback_query.data is no text"],
  [pressed({ from: undefined }), "callback_query.from is no object"],
  [{ update_id: 1, later: nested(100) }, "it is nested too deep"],
  [{ update_id: 1, later: nested(50_000) }, "it is nested too deep"],
];

test("what is not as it should be is refused with what is wrong", () => {
  for (const [update, reason] of FAULTS) assert.equal(updateFault(update), reason);
});

/** A clock on which every wait is over at once. */
const impatient: Clock = {
  now: () => 0,
  monotonic: () => 0,
  after(_ms, callback) {
    const waiting = setImmediate(callback);
    return () => clearImmediate(waiting);
  },
};

/** Polls a server that gives one batch over and over, until `polls` polls were answered. @returns the offsets sent. */
async function offsetsAfter(t: test.TestContext, batch: readonly unknown[], polls: number) {
  const offsets: (number | undefined)[] = [];
  let enough = (): void => {};
  const done = new Promise<void>((resolve) => {
    enough = resolve;
  });
  const call = async (_method: string, { offset }: { offset?: number }) => {
    if (offsets.push(offset) >= polls) enough();
    return batch;
  };
  const polling = startPolling(t, {
    client: { call } as unknown as BotClient,
    clock: impatient,
    receive: async () => {},
  });
  await done;
  await polling.stop();
  return { offsets: offsets.slice(0, polls), troubles: polling.troubles };
}

test("a batch with garbage in it is confirmed by the last id that there is", async (t) => {
  const batch = [{ update_id: 4 }, { update_id: 5 }, { update_id: "6" }, {}];
  assert.deepEqual((await offsetsAfter(t, batch, 2)).offsets, [undefined, 6]);
});

test("a batch without any id cannot be confirmed: that is said, and tried again later", async (t) => {
  const { offsets, troubles } = await offsetsAfter(t, [{ update_id: 1e99 }], 3);
  assert.deepEqual(offsets, [undefined, undefined, undefined]);
  assert.deepEqual(troubles, ["Messages cannot be taken over (they have no ids). Trying again."]);
});
