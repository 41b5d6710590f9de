import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startTimeOf } from "../../src/process-identity.ts";
import { untilSaid } from "./chats.ts";
import { OWNER, project } from "./project.ts";

test("failure 13: SIGTERM ends the agent with all it started, says so in the chat, and exits 0 within 5 s", async (t) => {
  const { api, start, folder } = await project(t);
  const ada = api.privateChat(OWNER);
  const bridge = await start();
  // One that ignores the first request, and one that has moved to a session of its own.
  api.say(
    ada,
    "trap '' TERM; echo $$ > a.pid; setsid sh -c 'echo $$ > b.pid; sleep 300' & echo begun; while :; do sleep 0.1; done",
  );
  await untilSaid(api, ada, /begun/);
  while (!existsSync(join(folder, "b.pid"))) await sleep(10);
  const began = performance.now();
  assert.equal(await bridge.stop(), 0);
  assert.ok(performance.now() - began < 6_000);
  await untilSaid(api, ada, /begun\n\n⏹ Stopped by the shutdown of the bridge/);
  for (const name of ["a.pid", "b.pid"]) {
    const pid = (await readFile(join(folder, name), "utf8")).trim();
    assert.equal(startTimeOf(Number(pid)), undefined, `${name} ${pid}`);
  }
});

test("a second signal ends it at once, and the agent with it", async (t) => {
  const { api, start, folder } = await project(t);
  const ada = api.privateChat(OWNER);
  const bridge = await start();
  api.say(
    ada,
    "trap '' TERM; echo $$ > a.pid; setsid sh -c 'trap \"\" TERM; echo $$ > b.pid; sleep 300; sleep 300' & echo begun; while :; do sleep 0.1; done",
  );
  await untilSaid(api, ada, /begun/);
  bridge.child.kill("SIGTERM");
  await bridge.says("Stopping …");
  while (!existsSync(join(folder, "b.pid"))) await sleep(10);
  // One that comes with the first is its echo.
  bridge.child.kill("SIGHUP");
  await sleep(400);
  assert.equal(bridge.child.exitCode, null);
  bridge.child.kill("SIGINT");
  assert.equal((await bridge.exited).code, 130);
  for (const name of ["a.pid", "b.pid"]) {
    const pid = Number(await readFile(join(folder, name), "utf8"));
    while (startTimeOf(pid) !== undefined) await sleep(10);
  }
  await start();
  await untilSaid(api, ada, /Interrupted/);
});
