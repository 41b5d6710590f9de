import assert from "node:assert/strict";
import { readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { setImmediate } from "node:timers/promises";
import { seen } from "../fakes/bot-api.ts";
import { fromBot, untilSaid } from "./chats.ts";
import { OWNER, project } from "./project.ts";

const HOUR_MS = 3_600_000;

async function shellProject(t: TestContext, settings: Record<string, string> = {}) {
  const home = await project(t, {
    env: { TELEGRAM_ALLOWED_USER_IDS: String(OWNER), NANOGENT_AGENT: "shell", ...settings },
  });
  const ada = home.api.privateChat(OWNER, { firstName: "Ada" });
  const ran = () => readFile(join(home.folder, "ran"), "utf8").catch(() => "");
  return { ...home, ada, ran };
}

const hoursAgo = (hours: number): number => Math.floor((Date.now() - hours * HOUR_MS) / 1000);

test("what was sent to a bridge that was down for long is offered, what was sent lately runs", async (t) => {
  const { api, ada, start, ran } = await shellProject(t);
  api.say(ada, "echo old >> ran", { date: hoursAgo(3) });
  api.say(ada, "echo older >> ran", { date: hoursAgo(30) });
  api.say(ada, "echo new >> ran; cat ran", { date: hoursAgo(0.5) });
  await start();
  await untilSaid(api, ada, /new\n\n✅/);
  const old = await untilSaid(
    api,
    ada,
    /^⏰ Sent 3:00 h ago; the bridge was down meanwhile: “echo old >> ran”$/,
  );
  const older = await untilSaid(api, ada, /^⏰ Sent 30:00 h ago.*“echo older >> ran”$/);
  assert.equal(await ran(), "new\n");
  api.say(ada, "/status");
  await untilSaid(api, ada, /^Undecided: 2 \(by the buttons above\)$/m);
  assert.equal((await api.press(old, "▶ Run"))?.text, "Runs.");
  await untilSaid(api, ada, /“echo old >> ran”\n\n▶ Run by Ada, \d\d:\d\d$/);
  await untilSaid(api, ada, /\(no output\)\n\n✅/);
  assert.equal(await ran(), "new\nold\n");
  assert.equal((await api.press(older, "✖ Drop"))?.text, "Dropped.");
  assert.equal((await api.press(old, "▶ Run", { stale: true }))?.text, "This has been decided already.");
  assert.deepEqual(api.violations, []);
});

test("what came with a command to a bridge that was down is offered too", async (t) => {
  const { api, ada, start, ran } = await shellProject(t);
  for (const command of ["/steer", "/now"]) api.say(ada, `${command} echo x >> ran`, { date: hoursAgo(3) });
  api.say(ada, "/now echo new >> ran; cat ran", { date: hoursAgo(0.5) });
  await start();
  await untilSaid(api, ada, /^new\n\n✅/);
  await api.waitFor(() => seen(api, ada).filter((text) => /^⏰.*“echo x >> ran”$/.test(text)).length === 2);
  assert.equal(await ran(), "new\n");
});

test("failure 39: an offer outlives a restart, holds nothing up, and its buttons still work", async (t) => {
  const { api, ada, start, ran, readJournal } = await shellProject(t);
  api.say(ada, "echo late >> ran", { date: hoursAgo(2) });
  const bridge = await start();
  const offer = await untilSaid(api, ada, /^⏰ Sent 2:00 h ago/);
  while (!(await readJournal()).includes('"k":"interrupted"')) await setImmediate();
  await bridge.kill();
  await start();
  api.say(ada, "echo now >> ran; echo fine");
  await untilSaid(api, ada, /^fine\n\n✅/);
  assert.equal((await api.press(offer, "▶ Run"))?.text, "Runs.");
  await untilSaid(api, ada, /\(no output\)\n\n✅/);
  assert.equal(await ran(), "now\nlate\n");
  assert.equal(fromBot(api, ada).filter(({ text }) => /^⏰/.test(text)).length, 1, "offered once");
});

test("a prompt that waited in the queue is late only when the bridge was away for long, not when the queue was", async (t) => {
  const cases: [name: string, awayHours: number, offered: boolean][] = [
    ["back at once", 0, false],
    ["back after two hours", 2, true],
  ];
  for (const [name, awayHours, offered] of cases) {
    const { api, ada, start, folder } = await shellProject(t);
    const bridge = await start();
    api.say(ada, "sleep 60");
    await untilSaid(api, ada, /working/);
    api.say(ada, "echo waited");
    await untilSaid(api, ada, /Queued as number 1/);
    await bridge.kill();
    const lastSeen = new Date(Date.now() - awayHours * HOUR_MS);
    const journal = join(folder, ".nanogent", "journal.jsonl");
    // As if both had been asked for long before that.
    await setBack(journal, awayHours + 5);
    await utimes(journal, lastSeen, lastSeen);
    await start();
    await untilSaid(api, ada, offered ? /^⏰ Sent .*“echo waited”/ : /^waited\n\n✅/);
    await untilSaid(api, ada, /Interrupted: .*“sleep 60”/);
    assert.equal(
      seen(api, ada).some((text) => /^⏰/.test(text)),
      offered,
      name,
    );
  }
});

test("NANOGENT_STALE_AFTER=off runs whatever waited", async (t) => {
  const { api, ada, start } = await shellProject(t, { NANOGENT_STALE_AFTER: "off" });
  api.say(ada, "echo ancient", { date: hoursAgo(23) });
  await start();
  await untilSaid(api, ada, /^ancient\n\n✅/);
});

async function setBack(journal: string, hours: number): Promise<void> {
  const text = await readFile(journal, "utf8");
  const early = (_: string, ms: string): string => `"queuedAt":${Number(ms) - hours * HOUR_MS}`;
  await writeFile(journal, text.replace(/"queuedAt":(\d+)/g, early));
}
