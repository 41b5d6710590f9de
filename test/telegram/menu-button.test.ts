import assert from "node:assert/strict";
import test from "node:test";
import type { MenuResult } from "../../src/chat/messenger.ts";
import type { Fault } from "../fakes/bot-api/faults.ts";
import { startBot } from "./bot.ts";

const FAILURES: readonly (readonly [Fault, MenuResult])[] = [
  [{ kind: "error", code: 403, description: "Forbidden: bot was blocked by the user" }, "refused"],
  [{ kind: "error", code: 401, description: "Unauthorized" }, "dropped"],
  [{ kind: "429", retryAfter: 1 }, "dropped"],
  [{ kind: "500" }, "dropped"],
  [{ kind: "502-html" }, "dropped"],
  [{ kind: "drop-after" }, "dropped"],
];

test("a menu button is set, and what fails is logged and neither thrown nor repeated", async (t) => {
  const { api, outbox, logged } = await startBot(t);
  api.privateChat(7);
  api.group(-9);
  const page = { text: "Terminals", app: "https://a.b/" };
  assert.equal(await outbox.setMenuButton(7, page), "ok");
  assert.deepEqual([...api.menuButtons], [[7, "https://a.b/"]]);
  for (const chat of [-9, 8]) assert.equal(await outbox.setMenuButton(chat, page), "refused");
  for (const [fault, expected] of FAILURES) {
    api.fault({ ...fault, method: "setChatMenuButton" });
    const calls = api.calls("setChatMenuButton").length;
    assert.equal(await outbox.setMenuButton(7, page), expected, fault.kind);
    assert.equal(api.calls("setChatMenuButton").length, calls + 1);
  }
  assert.equal(logged.filter(({ event }) => event === "menu button not set").length, 2 + FAILURES.length);
  assert.equal(await outbox.setMenuButton(7, undefined), "ok");
  assert.deepEqual([...api.menuButtons], []);
});
