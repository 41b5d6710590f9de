import assert from "node:assert/strict";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { untilSaid } from "./chats.ts";
import { OWNER, project } from "./project.ts";

test("a job that runs when the token is revoked is offered, and an answer delivered, once there is a new one", async (t) => {
  const { api, start, writeEnv, readJournal } = await project(t);
  const ada = api.privateChat(OWNER, { firstName: "Ada" });
  const bridge = await start();
  api.say(ada, "echo done");
  await untilSaid(api, ada, /^done\n\n✅/);
  api.say(ada, "echo begun; sleep 60");
  await untilSaid(api, ada, /begun/);
  api.invalidateToken();
  // Whatever is sent next tells.
  api.say(ada, "echo too late");
  assert.equal((await bridge.exited).code, 3);
  while (!(await readJournal()).includes('"k":"started"')) await sleep(10);
  const token = `${api.token.split(":")[0]}:${"B".repeat(35)}`;
  api.setToken(token);
  await writeEnv({
    TELEGRAM_BOT_TOKEN: token,
    TELEGRAM_ALLOWED_USER_IDS: String(OWNER),
    NANOGENT_AGENT: "shell",
  });
  await start();
  const offer = await untilSaid(api, ada, /begun[\s\S]*(Interrupted|Stopped by the shutdown)/);
  assert.deepEqual(
    offer.keyboard.flat().map(({ text }) => text),
    ["🔁 Run again", "✖ Drop"],
  );
  await untilSaid(api, ada, /^too late\n\n✅/);
});
