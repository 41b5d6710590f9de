import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { isGone } from "../agents/turns.ts";
import { claudeProject, skip } from "./claude-project.ts";

/** The processes that were started for jobs, in their order, as the journal tells it. */
async function pids(readJournal: () => Promise<string>): Promise<number[]> {
  const records = (await readJournal())
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return records.flatMap(({ k, process }) => (k === "started" && process ? [process.pid] : []));
}

test("the second prompt is taken by the process of the first; it goes with the bridge", {
  skip,
}, async (t) => {
  const { api, chat, model, start, until, readJournal, folder } = await claudeProject(t, {
    NANOGENT_KEEP_WARM: "10m",
    NANOGENT_PERMISSIONS: "skip",
  });
  const bridge = await start();
  model.reply({ text: "One." });
  api.say(chat, "first");
  await until(/^One\./);
  model.reply({ tool: "Bash", input: { command: 'echo data > "$NANOGENT_OUTBOX/report.txt"' } });
  model.reply({ text: "Two." });
  api.say(chat, "second");
  await until(/^Two\./);
  await api.waitFor(() => api.calls("sendDocument").length === 1, { what: "the file" });
  const [one, two] = await pids(readJournal);
  assert.equal(two, one);
  assert.ok(!isGone(one ?? 0));
  assert.equal(await bridge.stop(), 0);
  assert.ok(isGone(one ?? 0));
  assert.match(
    readFileSync(join(folder, ".nanogent", "journal.jsonl"), "utf8"),
    /"k":"staying".*"process":null/,
  );
});

test("a task in the background outlives its answer, and what comes of it is a message of its own", {
  skip,
}, async (t) => {
  const { api, chat, model, start, until, readJournal } = await claudeProject(t, {
    NANOGENT_PERMISSIONS: "skip",
  });
  await start();
  model.reply({ tool: "Bash", input: { command: "sleep 2", run_in_background: true, description: "nap" } });
  model.reply({ text: "Begun." });
  const asked = api.say(chat, "take a nap");
  await until(/^Begun\.[\s\S]*✅/);
  api.say(chat, "/status");
  await until(/In the background: nap/);
  model.reply({ text: "Well slept." });
  await until(/^Well slept\.[\s\S]*✅[\s\S]*⚙️ Background command "nap" completed/);
  const own = api.messages(chat).find(({ text }) => text.includes("Well slept."));
  assert.equal(own?.replyTo, asked.message.message_id);
  const [first = 0] = await pids(readJournal);
  while (!isGone(first)) await sleep(20);
  api.say(chat, "/cancel");
  await until(/Nothing is running\./);
});

test("/cancel ends tasks in the background; so does the next life of a bridge that was killed", {
  skip,
}, async (t) => {
  const { api, chat, model, start, until, readJournal } = await claudeProject(t, {
    NANOGENT_PERMISSIONS: "skip",
  });
  const bridge = await start();
  for (const round of [1, 2]) {
    model.reply({
      tool: "Bash",
      input: { command: "sleep 77", run_in_background: true, description: "nap" },
    });
    model.reply({ text: `Begun ${round}.` });
    api.say(chat, `round ${round}`);
    await until(new RegExp(`^Begun ${round}\\.[\\s\\S]*✅`));
    const pid = (await pids(readJournal)).at(-1) ?? 0;
    assert.ok(!isGone(pid));
    if (round === 1) {
      api.say(chat, "/cancel");
      await until(/Stopping what runs in the background: nap\./);
    } else {
      await bridge.kill();
      await start();
    }
    while (!isGone(pid)) await sleep(20);
  }
});

test("settings that are read again leave a turn in a process that had waited alone", { skip }, async (t) => {
  const { api, chat, model, start, until } = await claudeProject(t, {
    NANOGENT_KEEP_WARM: "10m",
    NANOGENT_PERMISSIONS: "skip",
  });
  const bridge = await start();
  model.reply({ text: "One." });
  api.say(chat, "first");
  await until(/^One\.[\s\S]*✅/);
  const held = model.hold();
  api.say(chat, "second");
  await held.requested;
  bridge.child.kill("SIGHUP");
  await bridge.says("The settings were read again");
  held.text("Two.");
  held.end();
  await until(/^Two\.[\s\S]*✅/);
});

test("a process that has to be started otherwise ends what runs in it in the background, and says so", {
  skip,
}, async (t) => {
  const { api, chat, model, start, until } = await claudeProject(t, { NANOGENT_PERMISSIONS: "skip" });
  await start();
  model.reply({ tool: "Bash", input: { command: "sleep 77", run_in_background: true, description: "nap" } });
  model.reply({ text: "Begun." });
  api.say(chat, "take a nap");
  await until(/^Begun\.[\s\S]*✅/);
  api.say(chat, "/effort high");
  await until(/^Effort from the next prompt on: high\./);
  model.reply({ text: "Here." });
  api.say(chat, "are you there");
  await until(/^Here\.[\s\S]*⚙️ Ended in the background, since this needs other settings: nap$/);
});

test("/retry repeats what somebody asked for, not what the agent went on with by itself", {
  skip,
}, async (t) => {
  const { api, chat, model, start, until } = await claudeProject(t, { NANOGENT_PERMISSIONS: "skip" });
  await start();
  model.reply({ tool: "Bash", input: { command: "sleep 1", run_in_background: true, description: "nap" } });
  model.reply({ text: "Begun." });
  api.say(chat, "take a nap");
  await until(/^Begun\.[\s\S]*✅/);
  model.reply({ text: "Well slept." });
  await until(/^Well slept\.[\s\S]*✅/);
  model.reply({ text: "Again." });
  api.say(chat, "/retry");
  await until(/^Again\.[\s\S]*✅/);
  assert.equal(model.requests.at(-1)?.texts.filter((text) => text.includes("take a nap")).length, 2);
});
