import assert from "node:assert/strict";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { timeLapse } from "../fakes/preload/time-lapse.ts";
import { untilSaid } from "./chats.ts";
import { OWNER, project } from "./project.ts";

const FACTOR = 10;

test("failure 36: after sleep the connections are made anew, also while a poll hangs", async (t) => {
  const { api, start } = await project(t, {
    api: { timeScale: 1 / FACTOR, rateLimit: { timeScale: 1 / FACTOR } },
  });
  const ada = api.privateChat(OWNER);
  // What a poll over a dead connection is like: nobody answers, and nobody says so.
  api.fault({ kind: "hang", method: "getUpdates", when: ({ params }) => params.timeout === 50 });
  const bridge = await start(timeLapse(FACTOR));
  await api.waitFor(() => api.calls("getUpdates").length === 2);
  await sleep(1_000);
  bridge.child.kill("SIGSTOP");
  await sleep(2_500);
  api.say(ada, "echo awake");
  bridge.child.kill("SIGCONT");
  await bridge.says("machine was asleep, connections are made anew");
  await untilSaid(api, ada, /^awake\n\n✅/);
  assert.equal(await bridge.stop(), 0);
});
