import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { untilSaid } from "./chats.ts";
import { BUNDLE, OWNER, project } from "./project.ts";

const skip = spawnSync("script", ["--version"]).error ? "script is not here" : false;

test("when the window of its terminal is closed the bridge stops in order", { skip }, async (t) => {
  const { api, folder } = await project(t);
  const ada = api.privateChat(OWNER, { firstName: "Ada" });
  const terminal = spawn("script", ["-qec", `exec "${process.execPath}" "${BUNDLE}"`, "/dev/null"], {
    cwd: folder,
    env: { ...process.env, XDG_RUNTIME_DIR: join(folder, ".nanogent") },
    stdio: ["pipe", "ignore", "ignore"],
  });
  t.after(() => terminal.kill("SIGKILL"));
  await api.waitFor(() => api.calls("getUpdates").length > 0, { what: "the first poll" });
  api.say(ada, "echo begun; sleep 60");
  await untilSaid(api, ada, /begun/);
  const lock = join(folder, ".nanogent", "lock.json");
  assert.ok(existsSync(lock));
  terminal.kill("SIGKILL");
  const stopped = await untilSaid(api, ada, /begun\n\n⏹ Stopped by the shutdown of the bridge/);
  assert.ok(stopped.keyboard.flat().some(({ text }) => text === "🔁 Run again"));
  while (existsSync(lock)) await sleep(20);
});
