import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { wallClock } from "../fakes/preload/wall-clock.ts";
import { fromBot, untilSaid } from "./chats.ts";
import { OWNER, project, SCRIPTED } from "./project.ts";

const GUEST = 8;
const STRANGER = 666;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** From the start of a bridge until what is due comes due, in a test that waits for it. */
const SOON = 2_500;

async function scriptedProject(t: TestContext, more: Readonly<Record<string, string>> = {}) {
  const home = await project(t, {
    env: {
      ...SCRIPTED,
      TELEGRAM_ALLOWED_USER_IDS: `${OWNER},${GUEST}`,
      NANOGENT_OWNER_IDS: String(OWNER),
      NANOGENT_STALE_AFTER: "off",
      ...more,
    },
  });
  const { api, folder } = home;
  const ada = api.privateChat(OWNER, { firstName: "Ada" });
  const bob = api.privateChat(GUEST, { firstName: "Bob" });
  return {
    ...home,
    ada,
    bob,
    until: (what: RegExp, chat = ada) => untilSaid(api, chat, what),
    ran: () => readFile(join(folder, "ran"), "utf8").catch(() => ""),
  };
}

/** The shift that makes it `SOON` before the next full minute, and how the clock shows that minute. */
function beforeMinute(): { shift: number; clock: string } {
  const minute = Math.ceil((Date.now() + SOON) / MINUTE) * MINUTE;
  const clock = new Date(minute).toTimeString().slice(0, 5);
  return { shift: minute - SOON - Date.now(), clock };
}

test("/at runs its prompt when its time has come, and answers where it was asked for", async (t) => {
  const { api, ada, start, until, ran } = await scriptedProject(t);
  const { shift, clock } = beforeMinute();
  const bridge = await start(wallClock(shift));
  const asked = api.say(ada, `/at ${clock} echo on time | tee -a ran`);
  await until(new RegExp(`^⏰ Noted\\. It runs (tomorrow )?at ${clock}\\. /schedules lists it`));
  assert.equal(await ran(), "");
  const answer = await until(/^on time\n\n✅ .*\n⏰ once$/);
  assert.equal(answer.replyTo, asked.message.message_id);
  api.say(ada, "/schedules");
  await until(/^Nothing is planned\./);
  assert.equal(await ran(), "on time\n");
  assert.equal(await bridge.stop(), 0);
});

test("a schedule survives SIGKILL, and in a topic its answers come there", async (t) => {
  const { api, start, ran } = await scriptedProject(t);
  const group = api.group(-100500, { forum: true });
  const entities = [{ type: "bot_command", offset: 0, length: 6 }];
  let bridge = await start();
  api.say(group, "/every 1h echo again >> ran", { from: GUEST, threadId: 5, entities });
  await untilSaid(api, group, /^⏰ Noted\. It runs every 1 h, for the first time .*at /);
  await bridge.kill();
  bridge = await start(wallClock(HOUR - SOON));
  await untilSaid(api, group, /✅ .*\n⏰ every 1 h$/);
  const [answer] = fromBot(api, group).filter(({ text }) => text.includes("⏰ every 1 h"));
  assert.equal(answer?.threadId, 5);
  await bridge.kill();
  await start(wallClock(HOUR));
  await sleep(500);
  assert.equal(await ran(), "again\n", "and not a second time");
});

test("what was missed runs once at the start, and says so; what is asked for once never runs again", async (t) => {
  const { api, ada, start, until, ran } = await scriptedProject(t);
  const bridge = await start();
  const planned = new Date(Date.now() + 2 * HOUR);
  const day = planned.toDateString() === new Date().toDateString() ? "today" : "tomorrow";
  const clock = planned.toTimeString().slice(0, 5);
  api.say(ada, `/at ${day} ${clock} echo single >> ran`);
  await until(/^⏰ Noted\. It runs (tomorrow )?at/);
  api.say(ada, "/every 1h echo often >> ran");
  await until(/It runs every 1 h/);
  await bridge.kill();
  for (let life = 0; life < 3; life++) {
    const next = await start(wallClock(5 * HOUR + 10 * MINUTE));
    await until(/✅ .*\n⏰ once · missed .*at \d\d:\d\d$/);
    await until(/✅ .*\n⏰ every 1 h · missed .*at \d\d:\d\d$/);
    await sleep(300);
    await next.kill();
  }
  assert.deepEqual((await ran()).split("\n").toSorted(), ["", "often", "single"]);
});

test("there are never two runs of one schedule: the second is left out with a note", async (t) => {
  const { api, ada, start, until, ran } = await scriptedProject(t);
  const first = await start();
  api.say(ada, "/every 1m echo begun >> ran; sleep 60");
  await until(/It runs every 1 min/);
  api.say(ada, "sleep 61");
  await until(/working/);
  api.say(ada, "sleep 60");
  await until(/Queued as number 1/);
  await first.kill();
  const second = await start(wallClock(10 * MINUTE));
  api.say(ada, "/queue");
  await until(/^▶ sleep 60 .*\n1\. echo begun/);
  await second.kill();
  await start(wallClock(20 * MINUTE));
  await sleep(1_000);
  api.say(ada, "/queue");
  api.say(ada, "/schedules");
  const list = await until(/left out .*at \d\d:\d\d: its last run was not over/);
  assert.match(
    list.text,
    /^1\. “echo begun >> ran; sleep 60” \(Ada\)\n {4}every 1 min · next .* · last .*, 1 in all/,
  );
  assert.ok((await ran()).split("\n").length <= 2);
});

test("the buttons pause, resume and delete, for those who may, and in the next life", async (t) => {
  const { api, ada, bob, start, until } = await scriptedProject(t);
  let bridge = await start();
  api.say(ada, "/daily mon-fri 9:00 echo ada");
  await until(/It runs Mon-Fri at 09:00, for the first time .*at 09:00/);
  api.say(bob, "/every 2h echo bob");
  await until(/It runs every 2 h/, bob);
  api.say(bob, "/schedules");
  const bobs = await until(/^1\. “echo ada” \(Ada\)\n.*\n2\. “echo bob” \(Bob\)/, bob);
  const press = async (message: typeof bobs, button: string, from?: number, stale = false) =>
    (await api.press(message, button, { stale, ...(from === undefined ? {} : { from }) }))?.text;
  assert.equal(await press(bobs, "⏸ Pause 1"), "Only its author and owners may do that.");
  assert.equal(await press(bobs, "✖ Delete 1"), "Only its author and owners may do that.");
  assert.equal(await press(bobs, "⏸ Pause 2"), "Paused.");
  await until(/ {4}every 2 h · paused\n\n“echo bob”: paused by Bob, \d\d:\d\d$/, bob);
  api.privateChat(STRANGER);
  assert.equal(await press(bobs, "✖ Delete 2", STRANGER), "You may not use this bot.");
  await bridge.kill();
  bridge = await start();
  api.say(ada, "/schedules");
  const adas = await until(/\n2\. “echo bob” \(Bob\)\n {4}every 2 h · paused$/);
  assert.equal(await press(adas, "▶ Resume 2"), "Resumed.");
  const resumed = await until(/\n2\. “echo bob” \(Bob\)\n {4}every 2 h · next /);
  assert.equal(await press(resumed, "✖ Delete 2"), "Deleted.");
  const deleted = /^1\. “echo ada” \(Ada\)\n[^\n]*\n\n“echo bob”: deleted by Ada, \d\d:\d\d$/;
  await until(deleted);
  for (const button of ["✖ Delete 2", "⏸ Pause 2"])
    assert.match(
      (await press(resumed, button, undefined, true)) ?? "",
      /^It is over, or was deleted already/,
    );
  await bridge.kill();
  await start();
  const list = await until(deleted);
  await press(list, "✖ Delete 1");
  await until(/^Nothing is planned\./);
  assert.equal(api.hammering, 0);
});

test("a schedule of somebody who is no longer allowed does not run", async (t) => {
  const { api, ada, bob, start, until, ran, writeEnv } = await scriptedProject(t);
  const bridge = await start();
  api.say(bob, "/every 1h echo bob >> ran");
  await until(/It runs every 1 h/, bob);
  await bridge.kill();
  await writeEnv({ NANOGENT_AGENT: "shell", TELEGRAM_ALLOWED_USER_IDS: String(OWNER) });
  const next = await start(wallClock(2 * HOUR));
  await next.says("schedule of somebody who is no longer allowed did not run");
  api.say(ada, "/schedules");
  await until(/left out .*at .*: its author may not use the bot any more$/);
  assert.equal(await ran(), "");
});

test("what cannot be understood is answered with an example", async (t) => {
  const { api, ada, start, until } = await scriptedProject(t);
  await start();
  api.say(ada, "/every");
  await until(/^Say how often, then what, such as \/every 2h run the tests/);
  api.say(ada, "/every 10s x");
  await until(/one minute is the least/);
  api.say(ada, "/at 18:30");
  await until(/^The prompt is missing/);
  api.say(ada, "/daily noon x");
  await until(/^Say at which time, then what/);
  api.say(ada, "/schedules");
  await until(/^Nothing is planned/);
});

/** What is planned, and what comes of it. */
const SLASHES: readonly [string, RegExp][] = [
  ["/every 1m /status", /^Only prompts can be planned, and \/status is a command of nanogent\./],
  ["/every 2h /secret@any_bot list", /^Only prompts can be planned, and \/secret is a command of nanogent\./],
  ["/at 18:30 /Clear", /^Only prompts can be planned, and \/Clear is a command of nanogent\./],
  ["/daily 9:00 /every 1m x", /^Only prompts can be planned, and \/every is a command of nanogent\./],
  ["/daily 9:00 /compact", /^⏰ Noted\./],
  ["/daily 9:00 /status/of the tests", /^⏰ Noted\./],
];

for (const [text, answer] of SLASHES) {
  test(`commands of nanogent are not planned, those of the agent are: ${text}`, async (t) => {
    const { api, ada, start, until } = await scriptedProject(t);
    await start();
    api.say(ada, text);
    await until(answer);
  });
}

/** How long notices wait, what a run of a schedule does, and all that it sends, each with whether the phone rings. */
const RUNS: readonly [string, string, string, readonly [RegExp, rings: boolean][]][] = [
  [
    "one that is quick is one message, which rings",
    "20s",
    "echo quick",
    [[/^quick\n\n✅ .*\n⏰ once$/, true]],
  ],
  [
    "one that takes longer shows its work in silence, and rings at its end",
    "1s",
    "echo slow; sleep 3",
    [
      [/^slow\n\n✅ .*\n⏰ once$/, false],
      [/^✅ Done in .*\nslow$/, true],
    ],
  ],
  ["without notices it is silent", "off", "echo quiet", [[/^quiet\n\n✅ .*\n⏰ once$/, false]]],
];

for (const [title, after, command, sent] of RUNS) {
  test(`of a schedule's runs, ${title}`, async (t) => {
    const { api, ada, start, until } = await scriptedProject(t, { NANOGENT_NOTIFY_AFTER: after });
    const { shift, clock } = beforeMinute();
    await start(wallClock(shift));
    const asked = api.say(ada, `/at ${clock} ${command}`);
    await until(/^⏰ Noted/);
    for (const [words] of sent) await until(words);
    await sleep(500);
    const [, ...runs] = fromBot(api, ada);
    assert.equal(runs.length, sent.length, runs.map(({ text }) => text).join("\n---\n"));
    const calls = api.calls("sendMessage").slice(1);
    for (const [index, [words, rings]] of sent.entries()) {
      assert.match(runs[index]?.text ?? "", words);
      assert.equal(calls[index]?.params.disable_notification !== true, rings);
      assert.equal(runs[index]?.replyTo, asked.message.message_id);
    }
  });
}
