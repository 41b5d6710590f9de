import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { fromBot, untilSaid } from "./chats.ts";
import { OWNER, project } from "./project.ts";

const preload = fileURLToPath(new URL("../fakes/preload/fault-on-signal.cjs", import.meta.url));

test("a fault of the bridge is logged with its place, told in one line, and ends it after a clean-up", async (t) => {
  const { api, start, folder } = await project(t);
  const ada = api.privateChat(OWNER);
  const bridge = await start({ NODE_OPTIONS: `--require=${preload}` });
  api.say(ada, "echo begun; sleep 61.75");
  await untilSaid(api, ada, /begun/);
  api.say(ada, "echo waiting");
  await untilSaid(api, ada, /Queued as number 1/);
  bridge.child.kill("SIGUSR2");
  assert.equal((await bridge.exited).code, 1, "a supervisor starts it again");
  await untilSaid(api, ada, /^⚠️ A fault in nanogent itself ended it \(Error: made by a test\)/);
  const interrupted = await untilSaid(api, ada, /begun\n\n⏹ Stopped by the shutdown of the bridge/);
  assert.equal(fromBot(api, ada).filter(({ text }) => text.includes("made by a test")).length, 1);
  const log = await readFile(join(folder, ".nanogent", "logs", "nanogent.log"), "utf8");
  assert.match(log, /ERROR internal fault error="made by a test" stack=.*fault-on-signal\.cjs/);
  await start();
  await untilSaid(api, ada, /^waiting\n\n✅/);
  assert.equal((await api.press(interrupted, "✖ Drop"))?.text, "Dropped.");
});
