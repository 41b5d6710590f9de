import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import type { Update } from "../fakes/bot-api/wire.ts";
import type { ChatRef } from "../fakes/bot-api.ts";
import { untilSaid } from "./chats.ts";
import { OWNER, project } from "./project.ts";

async function reacting(t: TestContext) {
  const home = await project(t);
  const { api } = home;
  const ada = api.privateChat(OWNER, { firstName: "Ada" });
  const bridge = await home.start();
  const on = (chat: ChatRef, { message }: Pick<Update, "message">) =>
    api.messages(chat).find(({ messageId }) => messageId === message?.message_id)?.reactions;
  const shows = (prompt: Pick<Update, "message">, emoji: string, chat: ChatRef = ada) =>
    api.waitFor(() => on(chat, prompt)?.join() === emoji, { what: `the reaction ${emoji}` });
  return { ...home, ada, bridge, on, shows };
}

test("a prompt's message shows that it was received, and how it ended", async (t) => {
  const { api, ada, shows } = await reacting(t);
  const first = api.say(ada, "sleep 1; echo one");
  await shows(first, "👀");
  await shows(first, "👍");
  const failing = api.say(ada, "exit 1");
  await shows(failing, "👎");
  const stopped = api.say(ada, "echo begun; sleep 60");
  await untilSaid(api, ada, /^begun/);
  const removed = api.say(ada, "echo never");
  await shows(removed, "👀");
  api.say(ada, "/cancel 1");
  await shows(removed, "");
  api.say(ada, "/cancel");
  await shows(stopped, "👌");
  assert.deepEqual(api.violations, []);
});

test("of a prompt of several messages the last one shows it", async (t) => {
  const { api, ada, shows, on } = await reacting(t);
  const first = api.say(ada, `echo ${"x".repeat(4_091)}`);
  const last = api.say(ada, "y");
  await shows(last, "👍");
  assert.deepEqual(on(ada, first), []);
});

test("where no reactions are allowed, it is tried once, and answers come as ever", async (t) => {
  const { api, ada, bridge } = await reacting(t);
  api.fault({
    kind: "error",
    code: 400,
    description: "Bad Request: REACTION_INVALID",
    method: "setMessageReaction",
    times: Number.POSITIVE_INFINITY,
  });
  for (const word of ["one", "two"]) {
    api.say(ada, `sleep 0.5; echo ${word}`);
    await untilSaid(api, ada, new RegExp(`^${word}\n\n✅`));
  }
  assert.equal(await bridge.stop(), 0);
  assert.equal(api.calls("setMessageReaction").length, 1);
});

test("a reaction that hangs holds up no answer", async (t) => {
  const { api, ada } = await reacting(t);
  api.fault({ kind: "hang", method: "setMessageReaction" });
  const started = performance.now();
  api.say(ada, "sleep 0.5; echo done");
  await untilSaid(api, ada, /^done\n\n✅/);
  assert.ok(performance.now() - started < 4_900, "before the call is given up");
});

test("runs of a schedule carry none", async (t) => {
  const { api, ada, shows, on } = await reacting(t);
  const command = api.say(ada, "/every 1m echo planned");
  await untilSaid(api, ada, /Noted/);
  const prompt = api.say(ada, "echo x");
  await shows(prompt, "👍");
  assert.deepEqual(on(ada, command), []);
});
