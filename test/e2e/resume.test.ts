import assert from "node:assert/strict";
import test from "node:test";
import { setImmediate } from "node:timers/promises";
import { answer, fakeClaude, init, SESSION, starts, success } from "../fakes/claude-cli.ts";
import { completed, delta, fakeCodex, opened } from "../fakes/codex-cli.ts";
import { temporaryFolder } from "../fakes/folder.ts";
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

test("Run again of what was resumed is the prompt anew, in a session of the agent that answers then", async (t) => {
  const { api, folder, start, writeEnv, readJournal } = await project(t);
  const codexFolder = await temporaryFolder(t);
  await writeEnv({
    TELEGRAM_ALLOWED_USER_IDS: String(OWNER),
    NANOGENT_CLAUDE: await fakeClaude(folder, {
      slow: [init(), ...answer("I begin."), { stay: true }],
      "": [init(), ...answer("I go on."), { stay: true }],
    }),
    // It gets no further when it is to go on with a thread.
    NANOGENT_CODEX: await fakeCodex(codexFolder, [...opened("thread/start"), delta("Anew."), completed()]),
  });
  const ada = api.privateChat(OWNER, { firstName: "Ada" });
  // One of Claude's is in the journal when it is told, when it is resumed, and when the next process tells it.
  const untilKept = async (count: number) => {
    while ((await readJournal()).split(SESSION).length <= count) await setImmediate();
  };
  const first = await start({ IS_SANDBOX: "1" });
  api.say(ada, "slow");
  await untilSaid(api, ada, /^I begin\./);
  await untilKept(1);
  await first.kill();
  const second = await start({ IS_SANDBOX: "1" });
  await api.press(await untilSaid(api, ada, /^I begin\.\n\n⚠️ Interrupted/), "▶ Resume");
  await untilSaid(api, ada, /^I go on\./);
  const told = (await starts(folder)).map(({ input }) => JSON.stringify(input));
  assert.deepEqual(
    told.map((input) => input.includes("slow")),
    [true, false],
    "an agent that goes on is not told again",
  );
  await untilKept(4);
  await second.kill();
  await start({ IS_SANDBOX: "1" });
  const offer = await untilSaid(api, ada, /^I go on\.\n\n⚠️ Interrupted: .*“slow” was running/);
  api.say(ada, "/agent codex");
  await untilSaid(api, ada, /codex answers here/);
  assert.match((await api.press(offer, "▶ Resume", { stale: true }))?.text ?? "", /a session of claude/);
  assert.equal((await api.press(offer, "🔁 Run again"))?.text, "Runs again.");
  await untilSaid(api, ada, /^Anew\.\n\n✅/);
  const [anew] = await starts(codexFolder);
  assert.match(JSON.stringify(anew?.input), /"text":"slow"/);
});

test("/retry after Resume repeats the prompt, and not the word to go on", async (t) => {
  const { api, folder, start, writeEnv, readJournal } = await project(t);
  await writeEnv({
    TELEGRAM_ALLOWED_USER_IDS: String(OWNER),
    NANOGENT_CLAUDE: await fakeClaude(folder, {
      slow: [init(), ...answer("I begin."), { stay: true }],
      "": [init(), ...answer("I go on."), success()],
    }),
  });
  const ada = api.privateChat(OWNER, { firstName: "Ada" });
  const bridge = await start({ IS_SANDBOX: "1" });
  api.say(ada, "slow");
  await untilSaid(api, ada, /^I begin\./);
  while (!(await readJournal()).includes(SESSION)) await setImmediate();
  await bridge.kill();
  await start({ IS_SANDBOX: "1" });
  await api.press(await untilSaid(api, ada, /^I begin\.\n\n⚠️ Interrupted/), "▶ Resume");
  await untilSaid(api, ada, /^I go on\.\n\n✅/);
  api.say(ada, "/retry");
  await untilSaid(api, ada, /^I begin\.\n(?!\n⚠️)/);
});
