import assert from "node:assert/strict";
import test from "node:test";
import { clock } from "../../src/doctor/clock.ts";
import { token } from "../../src/doctor/token.ts";
import { webhook } from "../../src/doctor/webhook.ts";
import type { Fault } from "../fakes/bot-api/faults.ts";
import { type BotApi, startBotApi } from "../fakes/bot-api.ts";
import { httpServer } from "../telegram/servers.ts";
import { lines, patient, TOKEN } from "./patients.ts";

async function botApi(t: { after(close: () => Promise<void>): void }): Promise<BotApi> {
  const api = await startBotApi();
  t.after(() => api.close());
  return api;
}

test("a good token shows the bot’s name, each other outcome says what to do", async (t) => {
  const api = await botApi(t);
  const cases: [fault: Fault | undefined, found: RegExp][] = [
    [undefined, new RegExp(`^token pass: The bot is @${api.bot.username}\\.$`)],
    [
      { method: "getMe", kind: "error", code: 401, description: "Unauthorized" },
      /^token fail: Telegram does not know this token \(401 Unauthorized\)\. → Copy it again from @BotFather/,
    ],
    [
      { method: "getMe", kind: "error", code: 404, description: "Not Found" },
      /^token fail: Telegram does not know this token \(404 Not Found\)/,
    ],
    [{ method: "getMe", kind: "500" }, /^token warning: Telegram has trouble of its own \(500 .*→ Try again/],
    [{ method: "getMe", kind: "429", retryAfter: 7 }, /^token warning: Telegram wants no calls for 7 s\./],
    [
      { method: "getMe", kind: "drop" },
      /^token fail: Telegram cannot be asked: the connection was reset\. → Is the Bot API server of TELEGRAM_API_ROOT/,
    ],
    [{ method: "getMe", kind: "502-html" }, /^token fail: Telegram cannot be asked: an answer that is not/],
  ];
  for (const [fault, found] of cases) {
    if (fault) api.fault(fault);
    const [line = ""] = lines(await token(await patient(t, { root: api.root, token: api.token })));
    assert.match(line, found);
    assert.ok(!line.includes(api.token));
  }
});

test("without a token, or for the local chat, nobody is asked", async (t) => {
  const api = await botApi(t);
  const cases: [options: { token?: string; telegram?: boolean }, token: string[], webhook: string[]][] = [
    [
      { token: "" },
      ["token skipped: There is no token that could be tried."],
      ["webhook skipped: Telegram could not be asked."],
    ],
    [{ telegram: false, token: TOKEN }, [], []],
  ];
  for (const [options, first, second] of cases) {
    const met = await patient(t, { root: api.root, ...options });
    assert.deepEqual(lines(await token(met)), first);
    assert.deepEqual(lines(await webhook(met)), second);
  }
  assert.deepEqual(api.calls("getMe"), []);
});

test("a webhook is told without its path, and taken away with what waits kept", async (t) => {
  const api = await botApi(t);
  const ada = api.privateChat(7);
  const met = await patient(t, { root: api.root, token: api.token });
  assert.deepEqual(lines(await webhook(met)), ["webhook pass: None is set."]);
  api.setWebhook("https://hooks.example.org/secret-path");
  api.say(ada, "one");
  const found = await webhook(met);
  assert.deepEqual(lines(found), [
    "webhook fail: Telegram hands the messages to hooks.example.org, so nanogent gets none. 1 update waits to be fetched. → If nobody else needs it: nanogent doctor --fix or nanogent start --take-over removes it; what waits is kept.",
  ]);
  assert.ok("mend" in found);
  assert.equal(await found.mend?.(), "Removed the webhook; the updates that wait are kept.");
  assert.deepEqual(lines(await webhook(met)), ["webhook pass: None is set. 1 update waits to be fetched."]);
  api.say(ada, "two");
  assert.match(lines(await webhook(met))[0] ?? "", /2 updates wait/);
  assert.deepEqual(api.violations, []);
});

test("the clock is compared with the server’s", async (t) => {
  const MINUTE = 60_000;
  const cases: [serverAheadMs: number | undefined, found: RegExp][] = [
    [0, /^clock pass: It agrees with Telegram's to a minute\.$/],
    [-50_000, /^clock pass/],
    [50_000, /^clock pass/],
    [10 * MINUTE, /^clock warning: This clock is (9:59|10:0\d) min behind Telegram's.* → Have it set/],
    [-10 * MINUTE, /^clock warning: This clock is .* ahead of Telegram's/],
    [undefined, /^clock skipped: Telegram did not tell the time\.$/],
  ];
  for (const [ahead, found] of cases) {
    const { port } = await httpServer(t, (_request, response) => {
      response.sendDate = false;
      if (ahead !== undefined) response.setHeader("date", new Date(Date.now() + ahead).toUTCString());
      response.end();
    });
    assert.match(lines(await clock(await patient(t, { root: `http://127.0.0.1:${port}` })))[0] ?? "", found);
  }
  assert.match(lines(await clock(await patient(t)))[0] ?? "", /^clock skipped/);
});
