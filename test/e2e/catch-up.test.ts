import assert from "node:assert/strict";
import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { untilSaid } from "./chats.ts";
import { OWNER, project } from "./project.ts";

test("what was changed, removed or stopped while the bridge was down counts before anything is started", async (t) => {
  const { api, start, folder } = await project(t);
  const ada = api.privateChat(OWNER, { firstName: "Ada" });
  const bridge = await start();
  api.say(ada, "sleep 60");
  await untilSaid(api, ada, /working/);
  const changed = api.say(ada, "echo old >> ran; cat ran");
  await untilSaid(api, ada, /Queued as number 1/);
  api.say(ada, "echo removed >> ran; cat ran");
  const notice = await untilSaid(api, ada, /Queued as number 2/);
  await bridge.kill();
  api.edit(ada, changed.message?.message_id ?? 0, "echo new >> ran; cat ran");
  void api.press(notice, "✖ Remove");
  await start();
  await untilSaid(api, ada, /^new\n\n✅/);
  await api.waitFor(() => !api.messages(ada).some(({ text }) => text === "⏳ Queued as number 2."), {
    what: "the effect of the press",
  });
  assert.equal(await readFile(join(folder, "ran"), "utf8"), "new\n");
});

test("a stop right after the start leaves what waits as it is", async (t) => {
  const { api, start, folder, readJournal } = await project(t);
  const ada = api.privateChat(OWNER, { firstName: "Ada" });
  const first = await start();
  api.say(ada, "sleep 60");
  await untilSaid(api, ada, /working/);
  api.say(ada, "echo waited >> ran; cat ran");
  await untilSaid(api, ada, /Queued as number 1/);
  await first.kill();
  // Until the first poll is answered nothing is started.
  const outage = api.fault({ method: "getUpdates", kind: "hang", times: Number.POSITIVE_INFINITY });
  const second = await start();
  assert.equal(await second.stop(), 0);
  const waiting = /"id":"(2-[^"]+)"/.exec(await readJournal())?.[1];
  assert.doesNotMatch(await readJournal(), new RegExp(`"(started|interrupted)","id":"${waiting}"`));
  await assert.rejects(readFile(join(folder, "ran")), { code: "ENOENT" });
  outage.clear();
  await start();
  await untilSaid(api, ada, /^waited\n\n✅/);
});

test("without a network what waits is started all the same", async (t) => {
  const { api, start, folder } = await project(t);
  const ada = api.privateChat(OWNER, { firstName: "Ada" });
  const bridge = await start();
  api.say(ada, "sleep 60");
  await untilSaid(api, ada, /working/);
  api.say(ada, "echo waited > ran");
  await untilSaid(api, ada, /Queued as number 1/);
  await bridge.kill();
  // Taken over, but not dealt with: for that the bot has to know its name, which takes a network.
  const update = { update_id: 4_711, message: { message_id: 99, date: 1, chat: ada, from: ada, text: "hm" } };
  const from = { ...update.message.from, is_bot: false };
  const line = { k: "update", update: { ...update, message: { ...update.message, from } } };
  await appendFile(join(folder, ".nanogent", "journal.jsonl"), `${JSON.stringify(line)}\n`);
  api.fault({ kind: "drop", times: 10_000 });
  await start();
  const ran = (): Promise<string> => readFile(join(folder, "ran"), "utf8").catch(() => "");
  for (let tries = 0; (await ran()) === "" && tries < 300; tries++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(await ran(), "waited\n");
});
