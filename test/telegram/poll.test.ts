import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import { createClient } from "../../src/telegram/client.ts";
import { UnauthorizedError } from "../../src/telegram/poll.ts";
import type { BotApiOptions } from "../fakes/bot-api.ts";
import { fakeClock } from "../fakes/clock.ts";
import { type Bot, hurriedClock, startBot } from "./bot.ts";
import { type Polling, type PollingOptions, startPolling } from "./polling.ts";

async function startBoth(
  t: TestContext,
  { api: options = {}, ...others }: { api?: BotApiOptions } & Partial<PollingOptions> = {},
) {
  const clock = hurriedClock(50);
  const bot = await startBot(t, options);
  const polling = startPolling(t, { client: bot.client, clock, ...others });
  const chat = bot.api.privateChat(7);
  // The first one only asks whether something waits.
  const polls = (): number => bot.api.calls("getUpdates").length - 1;
  await bot.api.waitFor(() => polls() === 1);
  return { ...bot, ...polling, chat, polls };
}

/** Waits until so many texts were received; what is received shows in a later poll. */
const received = ({ api }: Bot, { texts }: Polling, count: number): Promise<unknown> =>
  api.waitFor(() => texts.length >= count);

test("failure 1: what was sent while nobody polled arrives, in order", async (t) => {
  const bot = await startBot(t);
  const chat = bot.api.privateChat(7);
  for (let n = 0; n < 150; n++) bot.api.say(chat, `${n}`);
  const polling = startPolling(t, { client: bot.client, clock: hurriedClock(50) });
  await received(bot, polling, 150);
  assert.deepEqual(
    polling.texts,
    Array.from({ length: 150 }, (_, n) => `${n}`),
  );
  await polling.stop();
  assert.deepEqual(bot.api.pending, []);
  assert.deepEqual(bot.api.violations, []);
});

test("failure 2: nothing is confirmed before it has been taken over", async (t) => {
  let take = (): void => {};
  const taken = new Promise<void>((resolve) => {
    take = resolve;
  });
  const bot = await startBoth(t, { receive: () => taken });
  bot.api.say(bot.chat, "precious");
  await bot.api.waitFor(() => bot.api.calls("getUpdates")[1]?.status === 200);
  assert.equal(bot.api.pending.length, 1);
  take();
  await bot.api.waitFor(() => bot.polls() === 2);
  assert.equal(bot.api.pending.length, 0);
  assert.deepEqual(bot.texts, ["precious"]);
});

test("what could not be taken over comes again", async (t) => {
  let failures = 3;
  const bot = await startBoth(t, {
    receive: async () => {
      if (failures-- > 0) throw new Error("the disk is full");
    },
  });
  bot.api.say(bot.chat, "precious");
  await bot.api.waitFor(() => bot.polls() === 5);
  assert.deepEqual(bot.texts, ["precious"]);
  assert.deepEqual(bot.troubles, [
    "Messages cannot be taken over (the disk is full). Trying again.",
    undefined,
  ]);
});

test("updates arrive when their ids restart at random", async (t) => {
  // Polls of 50 s end after 100 ms.
  const bot = await startBoth(t, { api: { timeScale: 0.002 } });
  for (const [round, first] of [900_000_000, 5, 70_000, 69_995].entries()) {
    const polls = bot.polls();
    // The first poll from now on takes the offset, the one after it sends none.
    await bot.api.waitFor(() => bot.polls() >= polls + 3);
    bot.api.restartUpdateIds(first);
    bot.api.say(bot.chat, `${round}`);
    await received(bot, bot, round + 1);
  }
  assert.deepEqual(bot.texts, ["0", "1", "2", "3"]);
});

test("an abort ends a poll in its middle, and what was received is confirmed", async (t) => {
  const bot = await startBoth(t);
  bot.api.say(bot.chat, "hello");
  await bot.api.waitFor(() => bot.polls() === 2);
  bot.api.say(bot.chat, "again");
  await bot.api.waitFor(() => bot.polls() === 3);
  const start = performance.now();
  await bot.stop();
  assert.ok(performance.now() - start < 2_000);
  assert.deepEqual(bot.texts, ["hello", "again"]);
  assert.deepEqual(bot.api.pending, []);
  const last = bot.api.calls("getUpdates").at(-1);
  assert.equal(last?.params.timeout, 0);
});

test("an abort while updates are taken over confirms them all the same", async (t) => {
  const bot = await startBoth(t, { receive: async () => void bot.stop() });
  bot.api.say(bot.chat, "hello");
  await bot.ended;
  assert.deepEqual(bot.texts, ["hello"]);
  assert.deepEqual(bot.api.pending, []);
});

for (const kind of ["drop", "drop-after", "500", "502-html", "cut-body"] as const) {
  test(`a poll that fails is tried again, said once, and nothing is lost: ${kind}`, async (t) => {
    const bot = await startBot(t);
    bot.api.fault({ kind, method: "getUpdates", times: 3 });
    bot.api.say(bot.api.privateChat(7), "hello");
    const polling = startPolling(t, { client: bot.client, clock: hurriedClock(50) });
    await received(bot, polling, 1);
    await polling.stop();
    assert.deepEqual(polling.texts, ["hello"]);
    const { troubles } = polling;
    assert.equal(troubles.length, 2, `${troubles}`);
    assert.match(troubles[0] ?? "", kind === "500" ? /^Telegram answers: .*restart/ : /cannot be reached/);
    assert.equal(troubles[1], undefined);
  });
}

test("an outage is said once, and polling goes on after it", async (t) => {
  const bot = await startBoth(t);
  await bot.api.goOffline();
  bot.api.say(bot.chat, "hello");
  await bot.says("poll failed");
  await bot.api.goOnline();
  await received(bot, bot, 1);
  assert.deepEqual(bot.texts, ["hello"]);
  assert.equal(bot.troubles.length, 2);
});

test("failure 36: a poll that hangs is given up after 60 s", async (t) => {
  const clock = fakeClock();
  const bot = await startBot(t, { deadlines: clock });
  bot.api.fault({ kind: "hang", method: "getUpdates", when: ({ params }) => params.timeout === 50 });
  const polling = startPolling(t, { client: bot.client, clock });
  const chat = bot.api.privateChat(7);
  await bot.api.waitFor(() => bot.api.calls("getUpdates").length === 2);
  await clock.advance(59_999);
  assert.deepEqual(polling.troubles, []);
  await clock.advance(1);
  await polling.says("poll failed");
  await clock.advance(1_000);
  bot.api.say(chat, "hello");
  await received(bot, polling, 1);
  assert.deepEqual(polling.texts, ["hello"]);
});

test("a webhook is named once, and polling goes on when it is gone", async (t) => {
  const bot = await startBoth(t);
  bot.api.setWebhook("https://example.com/hook");
  await bot.api.waitFor(() => bot.polls() === 5);
  bot.api.setWebhook("");
  bot.api.say(bot.chat, "hello");
  await received(bot, bot, 1);
  assert.match(bot.troubles[0] ?? "", /webhook/);
  assert.deepEqual(bot.troubles.slice(1), [undefined]);
});

test("failure 35: another poller is named once, and polling never ends because of it", async (t) => {
  const bot = await startBoth(t);
  const other = createClient({ root: new URL(bot.api.root), token: bot.api.token });
  for (let round = 0; round < 3; round++) {
    const polls = bot.polls();
    void other.call("getUpdates", { timeout: 50 }).catch(() => {});
    await bot.api.waitFor(() => bot.polls() >= polls + 2);
  }
  other.close();
  bot.api.say(bot.chat, "hello");
  await received(bot, bot, 1);
  assert.match(bot.troubles[0] ?? "", /Another program/);
  assert.deepEqual(bot.troubles.slice(1), [undefined]);
});

test("failure 6: a token that is not valid, or no longer, ends the polling at once", async (t) => {
  const bot = await startBot(t);
  const wrong = createClient({ root: new URL(bot.api.root), token: "1:wrong" });
  const never = startPolling(t, { client: wrong, clock: hurriedClock(50) });
  await assert.rejects(never.ended, UnauthorizedError);
  assert.equal(bot.api.calls().length, 1);
  const polling = startPolling(t, { client: bot.client, clock: hurriedClock(50) });
  await bot.api.waitFor(() => bot.api.calls().length === 2);
  bot.api.invalidateToken();
  bot.api.say(bot.api.privateChat(7), "hello");
  await assert.rejects(polling.ended, UnauthorizedError);
});

test("it is told once that everything from before the start has been received", async (t) => {
  for (const waiting of [0, 1, 150]) {
    const bot = await startBot(t);
    const chat = bot.api.privateChat(7);
    for (let n = 0; n < waiting; n++) bot.api.say(chat, `${n}`);
    const caughtUp: number[] = [];
    const polling = startPolling(t, {
      client: bot.client,
      clock: hurriedClock(50),
      onCaughtUp: () => void caughtUp.push(polling.texts.length),
    });
    await bot.api.waitFor(() => bot.api.calls("getUpdates").at(-1)?.params.timeout === 50);
    bot.api.say(chat, "later");
    await received(bot, polling, waiting + 1);
    assert.deepEqual(caughtUp, [waiting]);
    await polling.stop();
  }
});

test("a poll that breaks leaves other calls alone", async (t) => {
  const bot = await startBoth(t);
  bot.api.fault({ kind: "delay", ms: 300, method: "sendMessage" });
  const sending = bot.client.call("sendMessage", { chat_id: 7, text: "slow" });
  await bot.api.waitFor(() => bot.api.calls("sendMessage").length === 1);
  bot.api.fault({ kind: "drop", method: "getUpdates", times: 2 });
  bot.api.say(bot.chat, "hello");
  await bot.says("poll failed");
  assert.equal((await sending).chat.id, 7);
});
