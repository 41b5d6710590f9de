import assert from "node:assert/strict";
import test from "node:test";
import type { MessageRef, Messenger } from "../../src/chat/messenger.ts";
import { plain } from "../../src/text/entities.ts";
import type { BotApi } from "../fakes/bot-api.ts";
import { hurriedClock, startBot } from "./bot.ts";

/** Edits a message without a pause, as a turn does that always has something new to show. */
async function showFrames(messenger: Messenger, message: MessageRef, until: () => boolean): Promise<void> {
  for (let frame = 1; !until(); frame++) {
    await messenger.edit(message, () => ({ text: plain(`frame ${frame}`) }), { final: false });
  }
  assert.equal(await messenger.edit(message, () => ({ text: plain("done") }), { final: true }), "ok");
}

const editsOf = (api: BotApi, chat: number): number =>
  api.calls("editMessageText").filter(({ params }) => params.chat_id === chat).length;

test("failure 3: minutes of nothing but frames and sends in three chats stay within Telegram's limits", async (t) => {
  const speed = 10;
  const clock = hurriedClock(speed);
  const { api, outbox } = await startBot(t, { clock, rateLimit: { timeScale: 1 / speed } });
  api.privateChat(7);
  api.privateChat(8);
  api.group(-5);
  const chats = [7, 8, -5];
  const end = clock.monotonic() + 90_000;
  const over = (): boolean => clock.monotonic() > end;
  const turns = chats.map(async (chatId) => {
    const message = await outbox.send({ chatId }, { text: plain("…") });
    assert.ok(message);
    await showFrames(outbox, message, over);
  });
  const replies = async (chatId: number, pause: number): Promise<void> => {
    while (!over()) {
      outbox.typing({ chatId });
      await Promise.all(["a", "b", "c"].map((text) => outbox.send({ chatId }, { text: plain(text) })));
      await new Promise<void>((resolve) => void clock.after(pause, resolve));
    }
  };
  const told = api.waitFor(() => api.calls().find(({ status }) => status !== undefined && status !== 200), {
    timeoutMs: 60_000,
  });
  const all = Promise.all([...turns, replies(7, 15_000), replies(8, 0), replies(-5, 0)]);
  const refusal = await Promise.race([all.then(() => undefined), told]);
  assert.equal(refusal, undefined);
  assert.equal(api.hammering, 0);
  // 20 quick ones, then one in 3 s, less what the replies use up.
  assert.ok(editsOf(api, 7) >= 30, `${editsOf(api, 7)} edits`);
});
