import assert from "node:assert/strict";
import test from "node:test";
import { seen } from "../fakes/bot-api.ts";
import { untilSaid } from "./chats.ts";
import { OWNER, project } from "./project.ts";

test("a message from the phone runs a command in the folder and its output comes back", async (t) => {
  const { api, start, folder } = await project(t);
  const chat = api.privateChat(OWNER, { firstName: "Ada" });
  const bridge = await start();
  api.say(chat, "pwd && echo done");
  await api.waitFor(() => seen(api, chat).some((text) => text.includes("exit 0")));
  const [answer] = seen(api, chat);
  assert.match(answer ?? "", new RegExp(`^${folder}\ndone\n\n✅ exit 0 · [\\d.]+ s$`));
  assert.equal(await bridge.stop(), 0);
  assert.deepEqual(api.violations, []);
});

test("an agent without its setting is told by the setting", async (t) => {
  const { api, start } = await project(t);
  const chat = api.privateChat(OWNER, { firstName: "Ada" });
  await start();
  api.say(chat, "/agent custom");
  await untilSaid(
    api,
    chat,
    /^The agent custom is any program of yours: set NANOGENT_AGENT_COMMAND to .* in \.env/,
  );
  api.say(chat, "/agent nobody");
  await untilSaid(api, chat, /^“nobody” is none of them\. There is: claude, codex, shell\.$/);
});
