import assert from "node:assert/strict";
import test from "node:test";
import { setImmediate } from "node:timers/promises";
import { untilSaid } from "./chats.ts";
import { OWNER, project } from "./project.ts";

test("failure 39: buttons of an earlier life are answered, do nothing, and hold nothing up", async (t) => {
  const { api, start, readJournal } = await project(t);
  const ada = api.privateChat(OWNER, { firstName: "Ada" });
  const first = await start();
  api.say(ada, "echo begun; sleep 60");
  const running = await untilSaid(api, ada, /begun/);
  api.say(ada, "echo second");
  const queued = await untilSaid(api, ada, /Queued as number 1/);
  api.say(ada, "/queue");
  const list = await untilSaid(api, ada, /^▶ echo begun/);
  while (!(await readJournal()).includes(`"messageId":${queued.messageId}}`)) await setImmediate();
  await first.kill();

  await start();
  await untilSaid(api, ada, /Interrupted/);
  await untilSaid(api, ada, /^second\n\n✅/);
  const removal = list.keyboard.flat().find(({ text }) => text.startsWith("✖"))?.text ?? "";
  const presses: readonly (readonly [typeof running, string, string])[] = [
    [running, "⏹ Stop", "It is not running any more."],
    [queued, "✖ Remove", "It does not wait any more."],
    [list, removal, "It does not wait any more."],
  ];
  for (const [message, label, notice] of presses) {
    assert.equal((await api.press(message, label, { stale: true }))?.text, notice, label);
  }
  // With the question about the interrupted job still open.
  api.say(ada, "echo third");
  await untilSaid(api, ada, /^third\n\n✅/);
  const offer = await untilSaid(api, ada, /Interrupted/);
  assert.equal((await api.press(offer, "🔁 Run again"))?.text, "Runs again.");
  const again = await untilSaid(api, ada, /^begun$/m);
  assert.equal((await api.press(running, "⏹ Stop", { stale: true }))?.text, "It is not running any more.");
  assert.ok(!again.deleted);
  api.say(ada, "/cancel");
  await untilSaid(api, ada, /⏹ Stopped/);
});
