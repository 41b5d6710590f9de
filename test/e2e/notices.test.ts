import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fromBot, untilSaid } from "./chats.ts";
import { OWNER, project } from "./project.ts";

const OTHER_OWNER = 8;

async function notifying(t: TestContext, after = "1s") {
  const home = await project(t, {
    env: {
      NANOGENT_AGENT: "shell",
      NANOGENT_NOTIFY_AFTER: after,
      TELEGRAM_ALLOWED_USER_IDS: `${OWNER},${OTHER_OWNER}`,
      NANOGENT_OWNER_IDS: `${OWNER},${OTHER_OWNER}`,
    },
  });
  const { api } = home;
  const ada = api.privateChat(OWNER, { firstName: "Ada" });
  const bob = api.privateChat(OTHER_OWNER, { firstName: "Bob" });
  const bridge = await home.start();
  /** What the phone has rung for. */
  const rings = () =>
    api
      .calls()
      .filter(({ method, params, error }) => {
        const isMessage = method.startsWith("send") && method !== "sendChatAction";
        return isMessage && params.disable_notification !== true && error === undefined;
      })
      .map(({ params }) => String(params.text ?? "a file"));
  /** Until what was said before would have been followed by a notice. */
  const settle = async () => {
    api.say(ada, "/help cancel");
    await untilSaid(api, ada, /Guests can stop only their own jobs/);
  };
  return { ...home, ada, bob, bridge, rings, settle };
}

/** What is run, and the only words that the phone rings for. */
const RINGS: readonly [string, string, RegExp][] = [
  ["done", "sleep 1.2; echo; echo hello; echo world", /^✅ Done in \d\.\d s\nhello$/],
  ["failed", "echo oh; sleep 1.2; exit 3", /^❌ Failed after \d\.\d s: exit 3\noh$/],
];

for (const [title, command, words] of RINGS) {
  test(`a long turn ends with one ring: ${title}`, async (t) => {
    const { api, ada, rings } = await notifying(t);
    const prompt = api.say(ada, command);
    const notice = await untilSaid(api, ada, words);
    assert.equal(notice.replyTo, prompt.message.message_id);
    assert.deepEqual(rings(), [notice.text]);
    const [answer, last] = fromBot(api, ada);
    assert.equal(last?.messageId, notice.messageId, "after the answer");
    assert.match(answer?.text ?? "", /\n\n[✅❌] /u);
    assert.deepEqual(api.violations, []);
  });
}

test("an answer that ends in a new message rings by itself, once", async (t) => {
  const { api, ada, rings } = await notifying(t);
  api.say(ada, "sleep 1.5; seq 1 2000");
  const last = await untilSaid(api, ada, /\n2000\n\n✅|^✅ Done/);
  await sleep(500);
  assert.equal(rings().length, 1, last.text);
});

test("a file of the answer rings once, and what the job sends beside it does not", async (t) => {
  const { api, ada, rings } = await notifying(t);
  api.say(ada, "seq 1 20000; sleep 1.2; echo x > $NANOGENT_OUTBOX/x.txt");
  await api.waitFor(() => api.documentsSent(ada).length === 2);
  await sleep(500);
  assert.deepEqual(rings(), ["a file"]);
});

test("short turns, and those that their author stops, ring for nothing", async (t) => {
  const { api, ada, rings, settle } = await notifying(t);
  api.say(ada, "sleep 0.3; echo quick");
  await untilSaid(api, ada, /^quick\n\n✅/);
  api.say(ada, "echo begun; sleep 60");
  const running = await untilSaid(api, ada, /^begun/);
  await sleep(1_200);
  await api.press(running, "⏹ Stop");
  await untilSaid(api, ada, /^begun\n\n⏹ Stopped by Ada/);
  await settle();
  assert.equal(rings().length, 1, "the answer to /help alone");
});

test("whoever is stopped by somebody else is told; with off nobody is", async (t) => {
  const { api, bob, rings, writeEnv, bridge } = await notifying(t);
  for (const setting of ["1s", "off"]) {
    api.say(bob, `echo ${setting}; sleep 60`);
    const running = await untilSaid(api, bob, new RegExp(`^${setting}`));
    await sleep(1_200);
    await api.press(running, "⏹ Stop", { from: OWNER });
    await untilSaid(api, bob, new RegExp(`^${setting}\n\n⏹ Stopped by Ada`));
    if (setting === "1s") await untilSaid(api, bob, /^⏹ Stopped after \d\.\d s by Ada$/);
    await writeEnv({
      NANOGENT_AGENT: "shell",
      TELEGRAM_ALLOWED_USER_IDS: `${OWNER},${OTHER_OWNER}`,
      NANOGENT_OWNER_IDS: `${OWNER},${OTHER_OWNER}`,
      NANOGENT_NOTIFY_AFTER: "off",
    });
    bridge.child.kill("SIGHUP");
    await bridge.says("The settings were read again");
  }
  await sleep(500);
  assert.equal(rings().length, 1);
});

test("an answer that the next life delivers rings once, after it; the shutdown rings for nothing", async (t) => {
  const { api, ada, bridge, start, readJournal, rings } = await notifying(t);
  api.say(ada, "echo begun; sleep 2; echo ended");
  await untilSaid(api, ada, /^begun/);
  await api.goOffline();
  while (!(await readJournal()).includes('"k":"answered"')) await sleep(20);
  await bridge.kill();
  await api.goOnline();
  const second = await start();
  await untilSaid(api, ada, /^✅ Done in \d\.\d s\nbegun$/);
  const [answer] = fromBot(api, ada);
  assert.match(answer?.text ?? "", /^begun\nended\n\n✅/);
  api.say(ada, "echo cut; sleep 60");
  await untilSaid(api, ada, /^cut/);
  await sleep(1_200);
  assert.equal(await second.stop(), 0);
  await start();
  await untilSaid(api, ada, /^cut[\s\S]*⏹ Stopped by the shutdown/);
  await sleep(500);
  assert.equal(rings().length, 1);
});
