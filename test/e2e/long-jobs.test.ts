import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import { answer, fakeClaude, init, type Scenario, SESSION, starts, success } from "../fakes/claude-cli.ts";
import { fromBot, untilSaid } from "./chats.ts";
import { OWNER, project } from "./project.ts";

async function claudeProject(t: TestContext, scenario: Scenario, settings: Record<string, string>) {
  const home = await project(t);
  const { api, folder } = home;
  await home.writeEnv({
    TELEGRAM_ALLOWED_USER_IDS: String(OWNER),
    NANOGENT_CLAUDE: await fakeClaude(folder, scenario),
    ...settings,
  });
  const ada = api.privateChat(OWNER, { firstName: "Ada" });
  const bridge = await home.start({ IS_SANDBOX: "1" });
  const notices = () => fromBot(api, ada).filter(({ text, deleted }) => !deleted && text.startsWith("😴"));
  return { ...home, ada, bridge, notices };
}

test("failure 17: a timeout ends the turn, keeps what was said, and the session goes on", async (t) => {
  const { api, ada, folder } = await claudeProject(
    t,
    {
      slow: [init(), ...answer("I begin."), { stay: true }],
      "": [init(), ...answer("I go on."), success()],
    },
    { NANOGENT_TIMEOUT: "2s" },
  );
  api.say(ada, "slow");
  await untilSaid(
    api,
    ada,
    /^I begin\.\n\n❌ Stopped: a job may take no longer than 2\.0 s \(NANOGENT_TIMEOUT\)/,
  );
  api.say(ada, "and now?");
  await untilSaid(api, ada, /^I go on\.\n\n✅/);
  const [, second] = await starts(folder);
  assert.ok(second?.args.includes(SESSION), `${second?.args}`);
});

test("a job without a sign of life is told of once, waits on when asked to, and can be stopped", async (t) => {
  const { api, ada, notices } = await claudeProject(t, [init(), ...answer("Hm."), { stay: true }], {
    NANOGENT_STALL: "2s",
  });
  api.say(ada, "think");
  const notice = await untilSaid(api, ada, /^😴 #1 “think” has shown no sign of life for 2\.0 s/);
  assert.equal((await api.press(notice, "Keep waiting"))?.text, "Waiting on.");
  await api.waitFor(() => notices().length === 0);
  const second = await untilSaid(api, ada, /^😴/);
  assert.notEqual(second.messageId, notice.messageId);
  assert.equal((await api.press(second, "⏹ Stop"))?.text, "Stopping …");
  await untilSaid(api, ada, /^Hm\.\n\n⏹ Stopped by Ada/);
  await api.waitFor(() => notices().length === 0, { what: "the end of the notice" });
  assert.equal(
    (await api.press(second, "Keep waiting", { stale: true }))?.text,
    "It is not running any more.",
  );
});

test("the notice goes away when the job lives after all", async (t) => {
  const { api, ada, notices } = await claudeProject(
    t,
    [init(), ...answer("Hm."), { sleep: 5_000 }, ...answer(" Yes."), { stay: true }],
    { NANOGENT_STALL: "2s" },
  );
  api.say(ada, "think");
  await untilSaid(api, ada, /^😴/);
  await untilSaid(api, ada, /Yes\./);
  await api.waitFor(() => notices().length === 0, { what: "the end of the notice" });
});
