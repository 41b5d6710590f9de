import assert from "node:assert/strict";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { replayText } from "../../src/journal.ts";
import { parseRecord } from "../../src/records.ts";
import { State } from "../../src/state.ts";
import { untilSaid } from "./chats.ts";
import { OWNER, type Project, project } from "./project.ts";

const MESSAGES = 2_000;

for (const chatIds of [[OWNER], [OWNER, 8, 9, 10]]) {
  test(`2,000 messages that waited in ${chatIds.length} chats are all queued in order, and a command is answered at once`, async (t) => {
    const home = await project(t, {
      env: { NANOGENT_AGENT: "shell", TELEGRAM_ALLOWED_USER_IDS: chatIds.join(",") },
    });
    const { api, start } = home;
    for (const id of chatIds) api.privateChat(id);
    const texts = ["sleep 300", ...Array.from({ length: MESSAGES - 1 }, (_, index) => `echo ${index}`)];
    for (const [index, text] of texts.entries()) api.say(chatIds[index % chatIds.length] ?? OWNER, text);

    const began = performance.now();
    const tell = (what: string): void =>
      t.diagnostic(`${what} after ${Math.round(performance.now() - began)} ms`);
    await start();
    tell("polls");
    await api.waitFor(() => api.pending.length === 0, { what: "all confirmed", timeoutMs: 60_000 });
    const confirmed = await readQueue(home);
    assert.deepEqual([...confirmed.queued, ...confirmed.unhandled].toSorted(), texts.toSorted());
    tell("all confirmed");
    api.say(OWNER, "/status");
    const status = await untilSaid(api, OWNER, /^Agent: shell/);
    assert.match(status.text, /Running: “sleep 300”/);
    tell("/status answered");
    let { queued } = await readQueue(home);
    while (queued.length < MESSAGES) {
      await sleep(20);
      queued = (await readQueue(home)).queued;
    }
    tell("all queued");
    assert.deepEqual(queued, texts, "on the disk");
    api.say(OWNER, "/queue");
    const { text } = await untilSaid(api, OWNER, /^▶ sleep 300/);
    const listed = [...text.matchAll(/^(\d+)\. (.+) \(/gm)].map(([, number, title]) => [
      Number(number),
      title,
    ]);
    assert.ok(listed.length >= 10, text);
    assert.deepEqual(
      listed,
      [...texts.slice(1, listed.length + 1).entries()].map(([index, title]) => [index + 1, title]),
    );
  });
}

/** The texts of the messages that are on the disk. */
async function readQueue({ readJournal }: Project): Promise<{ queued: string[]; unhandled: string[] }> {
  const state = new State();
  // A line that is just being written cannot be read yet.
  replayText(await readJournal(), (record) => {
    const known = parseRecord(record);
    if (known) state.apply(known);
  });
  return {
    queued: [...state.jobs.values()].map(({ job }) => job.parts[0]?.text ?? ""),
    unhandled: [...state.unhandled.values()].map(({ message }) => message?.text ?? ""),
  };
}
