import assert from "node:assert/strict";
import test from "node:test";
import { setImmediate } from "node:timers/promises";
import { answer, fakeClaude, init, SESSION, starts, success } from "../fakes/claude-cli.ts";
import { untilSaid } from "./chats.ts";
import { OWNER, project } from "./project.ts";

test("Resume goes on in the session of that job, also when another one was begun since", async (t) => {
  const { api, folder, start, writeEnv, readJournal } = await project(t);
  const other = "22222222-2222-4333-8444-555555555555";
  await writeEnv({
    TELEGRAM_ALLOWED_USER_IDS: String(OWNER),
    NANOGENT_CLAUDE: await fakeClaude(folder, {
      slow: [init(), ...answer("I begin."), { stay: true }],
      another: [init({ session_id: other }), ...answer("Another."), success("", { session_id: other })],
      "": [init(), ...answer("I go on."), success()],
    }),
  });
  const ada = api.privateChat(OWNER, { firstName: "Ada" });
  const bridge = await start({ IS_SANDBOX: "1" });
  api.say(ada, "slow");
  await untilSaid(api, ada, /I begin\./);
  while (!(await readJournal()).includes(SESSION)) await setImmediate();
  await bridge.kill();
  await start({ IS_SANDBOX: "1" });
  const offer = await untilSaid(api, ada, /^I begin\.\n\n⚠️ Interrupted/);
  api.say(ada, "/new");
  await untilSaid(api, ada, /fresh session/);
  api.say(ada, "another");
  await untilSaid(api, ada, /^Another\.\n\n✅/);
  assert.equal((await api.press(offer, "▶ Resume"))?.text, "Resumes.");
  await untilSaid(api, ada, /^I go on\.\n\n✅/);
  const sessions = (await starts(folder)).map(({ args }) => args[args.indexOf("--resume") + 1]);
  assert.deepEqual([sessions.length, sessions[2]], [3, SESSION]);
  // From here on this is the conversation.
  api.say(ada, "and then?");
  await api.waitFor(() => api.messages(ada).filter(({ text }) => /^I go on\.\n\n✅/.test(text)).length === 2);
  assert.ok((await starts(folder))[3]?.args.includes(SESSION));
});
