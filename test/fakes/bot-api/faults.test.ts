import assert from "node:assert/strict";
import test from "node:test";
import { type BotApi, seen } from "../bot-api.ts";
import { call, told, withApi } from "./client.ts";
import type { Fault } from "./faults.ts";

test("rate limit: sends and edits share it, and hammering costs", () =>
  withApi(
    async (api) => {
      const chat = api.privateChat(7);
      api.privateChat(8);
      assert.equal(await told(api, "sendMessage", { chat_id: 7, text: "0" }), "ok");
      const message_id = api.messages(chat)[0]?.messageId;
      const edit = (text: string) => call(api, "editMessageText", { chat_id: 7, message_id, text });
      assert.equal((await edit("1")).status, 200);
      const over = await edit("2");
      const wait = over.parameters?.retry_after ?? 0;
      assert.deepEqual([over.status, wait >= 60, api.hammering], [429, true, 0]);
      const again = await call(api, "sendMessage", { chat_id: 7, text: "3" });
      const longer = again.parameters?.retry_after ?? 0;
      assert.equal(again.description, `Too Many Requests: retry after ${longer}`);
      assert.deepEqual([longer > wait + 50, api.hammering], [true, 1]);
      assert.equal(await told(api, "sendMessage", { chat_id: 8, text: "x" }), "ok", "others go on");
      assert.equal(await told(api, "sendChatAction", { chat_id: 7, action: "typing" }), "ok");
      assert.deepEqual(seen(api, chat), ["1"]);
    },
    { rateLimit: { burst: 2, perSecond: 0.01, penaltySeconds: 60 } },
  ));

test("rate limit: groups, all chats together, absorption", async () => {
  const sends = async (api: BotApi, chats: number[]) => {
    const all = chats.map(async (chat_id) => (await call(api, "sendMessage", { chat_id, text: "a" })).status);
    return (await Promise.all(all)).sort();
  };
  const rules = { burst: 100, groupPerMinute: 2, overallPerSecond: 3 };
  await withApi(
    async (api) => {
      for (const id of [-5, 1, 2, 3]) id < 0 ? api.group(id) : api.privateChat(id);
      assert.deepEqual(await sends(api, [-5, -5, -5]), [200, 200, 429], "20 a minute in a group, here 2");
      const { parameters } = await call(api, "sendMessage", { chat_id: -5, text: "b" });
      assert.ok((parameters?.retry_after ?? 0) > 2500, "half a minute, at a hundredth of the speed");
      assert.deepEqual(await sends(api, [1, 2, 3]), [200, 429, 429], "30 a second in all, here 3");
    },
    { rateLimit: { ...rules, timeScale: 100 } },
  );
  await withApi(
    async (api) => {
      api.privateChat(1);
      const started = performance.now();
      assert.deepEqual(await sends(api, [1, 1]), [200, 200]);
      const took = performance.now() - started;
      assert.ok(took >= 90, `the second was held back for ${took} ms`);
    },
    { rateLimit: { burst: 1, absorbSeconds: 8, timeScale: 0.1 } },
  );
});

test("rate limit: retry_after in the seconds of a client that runs at another speed", () =>
  withApi(
    async (api) => {
      api.privateChat(7);
      const send = () => call(api, "sendMessage", { chat_id: 7, text: "a" });
      assert.equal((await send()).status, 200);
      assert.equal((await send()).parameters?.retry_after, 30);
      const longer = (await send()).parameters?.retry_after ?? 0;
      assert.ok(longer > 30 && longer <= 60, `what is left and the penalty once more: ${longer}`);
      assert.deepEqual([api.breaches, api.hammering], [1, 1]);
      api.fault({ kind: "429", retryAfter: 3 });
      const told = performance.now();
      assert.equal((await send()).parameters?.retry_after, 3);
      while (performance.now() < told + 30) await new Promise(setImmediate);
      await send();
      assert.equal(api.hammering, 1, "three of its seconds were over");
    },
    { rateLimit: { burst: 1, perSecond: 0.1, penaltySeconds: 30, timeScale: 0.01, toldScale: 0.01 } },
  ));

test("faults: what the client sees, and what was done", async (t) => {
  const cases: [fault: Fault, sees: RegExp, done: string[]][] = [
    [{ kind: "drop" }, /^fetch failed/, []],
    [{ kind: "drop-after" }, /^fetch failed/, ["a"]],
    [{ kind: "hang", ms: 20 }, /^fetch failed/, []],
    [{ kind: "delay", ms: 20 }, /^200 {"ok":true/, ["a"]],
    [{ kind: "500" }, /^500 .*Internal Server Error: restart/, []],
    [{ kind: "502-html" }, /^502 <html>/, []],
    [{ kind: "cut-body" }, /^terminated/, ["a"]],
    [{ kind: "429", retryAfter: 33 }, /^429 .*retry after 33","parameters":{"retry_after":33}/, []],
    [{ kind: "error", code: 403, description: "Forbidden: user is deactivated" }, /^403 .*deactivated/, []],
  ];
  for (const [fault, sees, done] of cases) {
    await t.test(fault.kind, () =>
      withApi(async (api) => {
        const chat = api.privateChat(7);
        const handle = api.fault({ ...fault, method: "sendMessage", chatId: 7 });
        await call(api, "getMe");
        const url = `${api.root}/bot${api.token}/sendMessage?chat_id=7&text=a`;
        const response = fetch(url).then(async (answer) => `${answer.status} ${await answer.text()}`);
        assert.match(await response.catch((error: Error) => error.message), sees);
        assert.equal(handle.hits, 1);
        assert.deepEqual(seen(api, chat), done);
        assert.equal((await call(api, "getMe")).status, 200);
      }),
    );
  }
});

test("faults: counted, by condition, cleared; an early retry after a 429 is hammering", () =>
  withApi(async (api) => {
    api.privateChat(7);
    const twice = api.fault({ method: "getMe", times: 2, kind: "500" });
    const picky = api.fault({ kind: "500", times: Infinity, when: ({ params }) => params.text === "bad" });
    const statuses: number[] = [];
    for (const _ of [1, 2, 3]) statuses.push((await call(api, "getMe")).status);
    for (const text of ["bad", "good", "bad"]) {
      statuses.push((await call(api, "sendMessage", { chat_id: 7, text })).status);
    }
    picky.clear();
    statuses.push((await call(api, "sendMessage", { chat_id: 7, text: "bad" })).status);
    assert.deepEqual(statuses, [500, 500, 200, 500, 200, 500, 200]);
    assert.deepEqual([twice.hits, picky.hits], [2, 2]);
    api.fault({ kind: "429", retryAfter: 5 });
    for (const _ of [1, 2]) await call(api, "sendMessage", { chat_id: 7, text: "x" });
    assert.equal(api.hammering, 1);
  }));
