import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import { COMMANDS } from "../../src/chat/commands/all.ts";
import { createClient } from "../../src/telegram/client.ts";
import { introduce } from "../../src/telegram/identity.ts";
import { fakeClock } from "../fakes/clock.ts";
import { hurriedClock, recordingLog, startBot } from "./bot.ts";
import { closedPort } from "./servers.ts";

const commands = COMMANDS.map(({ names: [command], summary }) => ({ command, description: summary }));

const clock = hurriedClock(50);

/** Aborts with the test. */
function signalFor(t: TestContext): AbortSignal {
  const ending = new AbortController();
  t.after(() => ending.abort());
  return ending.signal;
}

test("the bot learns its name, and Telegram its commands", async (t) => {
  const { api, client, log } = await startBot(t);
  const identity = await introduce({ client, commands, clock, log, signal: signalFor(t) });
  assert.deepEqual(identity, { id: api.bot.id, username: api.bot.username });
  const other = await startBot(t, { mainApp: true });
  const { hasMainApp } = await introduce({
    ...{ client: other.client, commands, clock, log, signal: signalFor(t) },
  });
  assert.equal(hasMainApp, true);
  const registered = await api.waitFor(() => api.commands.get("default"));
  assert.deepEqual(
    registered.map(({ command }) => command),
    COMMANDS.map(({ names: [name] }) => name),
  );
});

test("an outage at the start, of either call, only delays it", async (t) => {
  const { api, client, log } = await startBot(t);
  await api.goOffline();
  const introduced = introduce({ client, commands, clock, log, signal: signalFor(t) });
  await assert.rejects(client.call("getMe", {}));
  for (const kind of ["drop", "502-html", "500"] as const) api.fault({ kind, method: "getMe" });
  for (const kind of ["drop", "502-html", "500"] as const) api.fault({ kind, method: "setMyCommands" });
  await api.goOnline();
  assert.equal((await introduced).id, api.bot.id);
  await api.waitFor(() => api.commands.get("default"));
});

test("when the bridge ends it stops trying", async (t) => {
  const still = fakeClock();
  const { log, says } = recordingLog();
  const client = createClient({ root: new URL(`http://127.0.0.1:${await closedPort(t)}`), token: "1:x" });
  t.after(() => client.close());
  const ending = new AbortController();
  const introduced = introduce({ client, commands, clock: still, log, signal: ending.signal });
  await says("introduction failed");
  ending.abort();
  assert.equal(still.pending, 0);
  assert.equal(await Promise.race([introduced, "pending"]), "pending");
});
