import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { untilSaid } from "./chats.ts";
import { OWNER, project } from "./project.ts";

for (const restarted of [false, true]) {
  const between = restarted ? "in the next life" : "in this life";
  test(`an answer to somebody who has blocked the bot arrives when he is back, ${between}`, async (t) => {
    const { api, start, folder, readJournal } = await project(t);
    const ada = api.privateChat(OWNER, { firstName: "Ada" });
    const bridge = await start();
    api.say(ada, "echo begun; while [ ! -e go ]; do sleep 0.05; done; echo ended");
    await untilSaid(api, ada, /begun/);
    api.block(ada);
    await sleep(200);
    await writeFile(join(folder, "go"), "");
    while (!(await readJournal()).includes('"k":"answered"')) await sleep(20);
    await bridge.says(/not delivered.*blocked/);
    const calls = api.calls("editMessageText").length;
    await sleep(3_000);
    assert.ok(api.calls("editMessageText").length <= calls + 2, "it does not go on trying");
    if (restarted) {
      assert.equal(await bridge.stop(), 0);
      await start();
    }
    api.unblock(ada);
    api.say(ada, "echo back");
    await untilSaid(api, ada, /begun\nended\n\n✅/);
    await untilSaid(api, ada, /^back\n\n✅/);
    while (!/"k":"ended"[^\n]*\n.*"k":"ended"/s.test(await readJournal())) await sleep(20);
  });
}

test("a long answer arrives whole, although the chat opens again while it is being refused", async (t) => {
  const { api, start, folder, readJournal } = await project(t);
  const ada = api.privateChat(OWNER, { firstName: "Ada" });
  await start();
  api.say(ada, "echo begun; while [ ! -e go ]; do sleep 0.05; done; seq 10000");
  await untilSaid(api, ada, /begun/);
  api.block(ada);
  await writeFile(join(folder, "go"), "");
  await api.waitFor(() => api.calls("sendDocument").find(({ status }) => status === 403), {
    what: "the refusal",
  });
  api.unblock(ada);
  api.say(ada, "/status");
  await untilSaid(api, ada, /The whole answer is in the file below/);
  assert.match(
    api
      .messages(ada)
      .find(({ document }) => document)
      ?.document?.bytes.toString() ?? "",
    /\n10000\n/,
  );
  while (!(await readJournal()).includes('"k":"ended"')) await sleep(20);
});

test("a group that becomes a supergroup stays allowed, in .env too, and gets its answers", async (t) => {
  const { api, start, folder, writeEnv } = await project(t);
  api.privateChat(OWNER, { firstName: "Ada" });
  const group = api.group(-4711, { title: "Team" });
  await writeEnv({
    TELEGRAM_ALLOWED_CHAT_IDS: `${OWNER}, -4711,-47110`,
    NANOGENT_AGENT: "shell",
    NANOGENT_SHELL: "groups",
  });
  const bridge = await start();
  api.say(group, `@${api.bot.username} while [ ! -e go ]; do sleep 0.05; done; echo ended`, {
    from: OWNER,
    entities: [{ type: "mention", offset: 0, length: (api.bot.username ?? "").length + 1 }],
  });
  await untilSaid(api, group, /working/);
  const supergroup = api.upgrade(group);
  await bridge.says(`The group -4711 has become the supergroup ${supergroup.id}`);
  await writeFile(join(folder, "go"), "");
  await untilSaid(api, supergroup, /^ended\n\n✅/);
  assert.match(
    await readFile(join(folder, ".env"), "utf8"),
    new RegExp(`TELEGRAM_ALLOWED_CHAT_IDS="?${OWNER}, ${supergroup.id},-47110`),
  );
  api.say(supergroup, "/status", { from: OWNER });
  await untilSaid(api, supergroup, /^Agent: shell/);
});
