import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { untilSaid } from "./chats.ts";
import { OWNER, project, run } from "./project.ts";

test("failure 35: a second folder with the same bot is told where the first one is, and leaves it alone", async (t) => {
  const { api, start, folder } = await project(t);
  const runtime = { XDG_RUNTIME_DIR: join(folder, ".nanogent") };
  const bridge = await start(runtime);
  const other = join(folder, "other");
  await mkdir(other);
  await writeFile(
    join(other, ".env"),
    `TELEGRAM_BOT_TOKEN=${api.token}\nTELEGRAM_API_ROOT=${api.root}\nNANOGENT_AGENT=shell\n`,
  );
  const second = run(["start"], other, runtime);
  assert.equal((await second.exited).code, 1);
  assert.ok(second.output().includes(`answered already by nanogent in ${folder} (pid ${bridge.pid})`));
  assert.match(second.output(), /\/newbot/);
  // A killed one is taken over from at once.
  await bridge.kill();
  const polls = api.calls("getUpdates").length;
  const third = run(["start"], other, runtime);
  t.after(() => third.kill());
  await api.waitFor(() => api.calls("getUpdates").length > polls, { what: "its poll" });
  third.child.kill("SIGTERM");
  assert.equal((await third.exited).code, 0);
});

test("a webhook is named with the way out, and --take-over is that way; nothing that waits is lost", async (t) => {
  const { api, folder } = await project(t);
  const ada = api.privateChat(OWNER);
  api.setWebhook("https://example.com/hook");
  api.say(ada, "echo waited");
  const first = run(["start"], folder);
  await first.says("`nanogent start --take-over` removes it.");
  first.child.kill("SIGTERM");
  assert.equal((await first.exited).code, 0);
  const second = run(["start", "--take-over"], folder);
  t.after(() => second.kill());
  await untilSaid(api, ada, /^waited\n\n✅/);
  second.child.kill("SIGTERM");
  assert.equal((await second.exited).code, 0);
});
