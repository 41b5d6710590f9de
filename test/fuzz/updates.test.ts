import assert from "node:assert/strict";
import test from "node:test";
import { inspect } from "node:util";
import { asUpdate, BOT, fuzzedBridge, GROUP, GUEST, OWNER, STRANGER } from "./bridge.ts";
import type { Json } from "./mutate.ts";
import { fuzz } from "./runs.ts";

const BATCH = 100;

const PEOPLE = [
  ...[OWNER, GUEST, STRANGER].map((id) => ({
    id,
    is_bot: false,
    first_name: `Person ${id}`,
    username: `u${id}`,
  })),
  { id: OWNER, is_bot: true, first_name: "A bot" },
];
const supergroup = { id: GROUP, type: "supergroup", title: "Group", is_forum: true };
const file = {
  file_id: "F1",
  file_unique_id: "U1",
  file_size: 1_000,
  file_name: "a.txt",
  mime_type: "text/plain",
};

/** What a message may be about. */
const CONTENTS: readonly { readonly [key: string]: Json }[] = [
  { text: "do something" },
  { text: "!git status" },
  { text: "x".repeat(3_950) },
  ...[
    "/status",
    "/queue",
    "/cancel all",
    "/help new",
    "/new",
    "/retry",
    "/compact",
    "/pair 123456",
    "/nothing",
    "/every 1h do it",
    "/at 18:30 do it",
    "/daily mon-fri 9:00 do it",
    "/schedules",
    "/secret remove KEY",
    "/secret list",
  ].map((text) => ({ text, entities: [{ type: "bot_command", offset: 0, length: text.length }] })),
  {
    text: `@${BOT.username} do something`,
    entities: [{ type: "mention", offset: 0, length: BOT.username.length + 1 }],
  },
  {
    text: "Nano do something",
    entities: [
      { type: "text_mention", offset: 0, length: 4, user: { ...BOT, is_bot: true, first_name: "Nano" } },
    ],
  },
  {
    text: "go on",
    reply_to_message: { message_id: 1, date: 0, chat: supergroup, from: { ...BOT, is_bot: true } },
  },
  { text: "go on", is_topic_message: true, message_thread_id: 5 },
  { text: "in the name of the group", sender_chat: supergroup },
  { text: "allow" },
  { caption: "look", photo: [{ ...file, width: 10, height: 10 }, file] },
  { document: file, media_group_id: "album" },
  { caption: "album", photo: [file], media_group_id: "album" },
  { voice: file },
  { video: file },
  { video_note: file },
  { audio: file },
  { animation: file, document: file },
  { sticker: file },
  { location: { latitude: 1, longitude: 2 } },
  { migrate_to_chat_id: GROUP },
  { new_chat_members: [PEOPLE[0] ?? null] },
];

test("updates: whatever comes, the bridge goes on, and nobody prompts who may not", async (t) => {
  const { mutate, runs, uncaught } = fuzz(t, "updates");
  const { bridge, clock, messenger, turns, logged, status } = await fuzzedBridge(t, true);
  const sent = new Map<unknown, Json[]>();
  let messages = 10;

  function fresh(updateId: number): Json {
    const from = mutate.pick(PEOPLE);
    const chat = mutate.once(3) ? supergroup : { id: from.id, type: "private", first_name: from.first_name };
    messages += 1;
    const message = { message_id: messages, date: 1_700_000_000, chat, from, ...mutate.pick(CONTENTS) };
    switch (mutate.int(8)) {
      case 0:
        return { update_id: updateId, edited_message: { ...message, message_id: messages - mutate.int(5) } };
      case 1:
        return {
          update_id: updateId,
          callback_query: {
            id: `q${updateId}`,
            from,
            message,
            chat_instance: "1",
            data: `stop:${turns.length}-x`,
          },
        };
      case 2:
        return { update_id: updateId, channel_post: { ...message, chat: { id: GROUP, type: "channel" } } };
      default:
        return { update_id: updateId, message };
    }
  }

  let updateId = 0;
  let checked = 0;
  for (let done = 0; done < runs; done += BATCH) {
    const batch = Array.from({ length: BATCH }, () => {
      updateId += 1;
      const original = fresh(updateId);
      const update = mutate.once(10) ? original : mutate.value(original);
      const id = fieldOf(update, "update_id");
      sent.set(id, [...(sent.get(id) ?? []), update]);
      return update;
    });
    await bridge.receive(batch.map(asUpdate));
    await bridge.idle();
    for (; checked < turns.length; checked += 1) {
      const from = (turns[checked]?.updates ?? []).flatMap((id) => sent.get(id) ?? []);
      assert.ok(from.some(mayPrompt), `run by ${inspect(from, { depth: 6 })}`);
    }
    assert.deepEqual(uncaught, []);
    await clock.advance(1_000);
    assert.match(await status(), /Running: nothing\nWaiting: nothing/);
    messenger.calls.length = 0;
  }
  t.diagnostic(`${turns.length} turns; ${JSON.stringify(Object.fromEntries(logged))}`);
  assert.ok(turns.length > 0);
  assert.ok((logged.get("update refused") ?? 0) > 0);
});

/** What the rule is, said again without the program: a person on the list, in his own name, not in a channel. */
function mayPrompt(update: Json): boolean {
  const message = fieldOf(update, "message") ?? null;
  const from = fieldOf(message, "from");
  const type = fieldOf(fieldOf(message, "chat") ?? null, "type");
  const id = fieldOf(from ?? null, "id");
  return (
    (id === OWNER || id === GUEST) &&
    fieldOf(from ?? null, "is_bot") === false &&
    fieldOf(message, "sender_chat") === undefined &&
    (type === "private" || type === "group" || type === "supergroup")
  );
}

function fieldOf(value: Json, key: string): Json | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, key) ? (value as { readonly [key: string]: Json })[key] : undefined;
}
