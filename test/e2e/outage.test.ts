import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { timeLapse } from "../fakes/preload/time-lapse.ts";
import { fromBot, untilSaid } from "./chats.ts";
import { OWNER, project } from "./project.ts";

const FACTOR = 10;
const SCALED = { timeScale: 1 / FACTOR, rateLimit: { timeScale: 1 / FACTOR } };

test("a job that ends during an outage is answered soon after it, and what was sent meanwhile is run", async (t) => {
  const { api, start, folder } = await project(t, { api: SCALED });
  const ada = api.privateChat(OWNER);
  const bridge = await start(timeLapse(FACTOR));
  api.say(ada, "echo begun; while [ ! -e go ]; do sleep 0.05; done; echo ended");
  await untilSaid(api, ada, /begun/);
  await api.goOffline();
  await writeFile(join(folder, "go"), "");
  await bridge.says("Telegram cannot be reached");
  // Long enough for the longest waits between two tries.
  await sleep(60_000 / FACTOR);
  api.say(ada, "echo meanwhile");
  const back = performance.now();
  await api.goOnline();
  await untilSaid(api, ada, /begun\nended\n\n✅/);
  await untilSaid(api, ada, /^meanwhile\n\n✅/);
  t.diagnostic(`${((performance.now() - back) * FACTOR) / 1000} s after the return of the network`);
  assert.match(bridge.output(), /Telegram answers again/);
  assert.deepEqual(api.violations, []);
  assert.equal(await bridge.stop(), 0);
});

test("failure 35: a program that keeps reading the bot's messages is told of in the chat, once", async (t) => {
  const { api, start } = await project(t, { api: SCALED });
  const ada = api.privateChat(OWNER);
  const bridge = await start(timeLapse(FACTOR));
  api.say(ada, "echo mine");
  await untilSaid(api, ada, /^mine\n\n✅/);
  const description =
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";
  const rival = api.fault({
    kind: "error",
    code: 409,
    description,
    method: "getUpdates",
    times: Number.POSITIVE_INFINITY,
  });
  await bridge.says("Another program reads this bot's messages");
  await untilSaid(api, ada, /^⚠️ Another program reads this bot's messages/, 30_000);
  await sleep(60_000 / FACTOR);
  rival.clear();
  api.say(ada, "echo mine again");
  await untilSaid(api, ada, /^mine again\n\n✅/);
  assert.equal(fromBot(api, ada).filter(({ text }) => text.startsWith("⚠️")).length, 1);
  assert.equal(await bridge.stop(), 0);
});
