import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import test from "node:test";
import { LINK_MS, makeLink } from "../../src/web/links.ts";
import { closing, frame } from "../web/frames.ts";
import { signed } from "../web/init-data.ts";
import { until } from "../web/until.ts";
import { OWNER } from "./project.ts";
import { OTHER_OWNER, readerInto, terminalBridge } from "./terminal-bridge.ts";

test("the page of a bridge lets in its owners, and nobody else", async (t) => {
  const { page, token, folder, got, close, bridge } = await terminalBridge(t);

  await t.test("what lets nobody in is refused, each in its own way", async () => {
    const seconds = Math.floor(Date.now() / 1_000);
    const own = page.initData(OWNER);
    const used = await page.link();
    assert.equal((await page.call("POST", "/v1/login", { body: { link: used } })).status, 200);
    const key = Buffer.from(JSON.parse(got(".nanogent/web.json")).key, "base64url");
    const late = makeLink(key, Date.now() - LINK_MS);
    const cases: [what: string, body: object | string, status: number, code: string][] = [
      ["nothing", {}, 400, "bad-request"],
      ["no JSON", "{", 400, "bad-json"],
      ["too much", { link: "x".repeat(70_000) }, 413, "too-large"],
      ["a link that was used", { link: used }, 401, "bad-link"],
      ["a link of half a minute ago", { link: late }, 401, "bad-link"],
      ["a link of another bridge", { link: makeLink(Buffer.alloc(32), Date.now()) }, 401, "bad-link"],
      ["a stranger", { initData: page.initData(77) }, 403, "not-allowed"],
      [
        "too old",
        { initData: page.initData(OWNER, { auth_date: `${seconds - 301}` }) },
        401,
        "bad-init-data",
      ],
      [
        "of tomorrow",
        { initData: page.initData(OWNER, { auth_date: `${seconds + 86_400}` }) },
        401,
        "bad-init-data",
      ],
      ["tampered with", { initData: page.initData(77).replace("77", String(OWNER)) }, 401, "bad-init-data"],
      ["cut", { initData: own.slice(0, -1) }, 401, "bad-init-data"],
      [
        "of another bot",
        { initData: signed({ auth_date: `${seconds}`, user: `{"id":${OWNER}}` }, "1:x") },
        401,
        "bad-init-data",
      ],
    ];
    for (const [index, [what, body, status, code]] of cases.entries()) {
      // Each as if by another visitor through a tunnel.
      const headers = { "X-Forwarded-For": `192.0.2.${index}` };
      const answer = await page.call("POST", "/v1/login", { body, headers });
      assert.deepEqual([answer.status, answer.code], [status, code], what);
    }
    const id = await page.openTerminal(token, "exec cat");
    const others: [method: string, path: string, token: string | undefined, status: number, code: string][] =
      [
        ["GET", "/v1/sessions", undefined, 401, "no-token"],
        ["GET", "/v1/sessions", `${token.slice(0, -1)}_`, 401, "no-token"],
        ["DELETE", "/v1/sessions/term-999", token, 404, "no-session"],
        ["GET", "/v1/nothing", token, 404, "not-found"],
        ["POST", "/v1/job/stop", token, 409, "nothing-runs"],
        ["GET", `/v1/sessions/${id}/files?path=.env`, token, 403, "not-sent"],
      ];
    for (const [method, path, token, status, code] of others) {
      const answer = await page.call(method, path, token === undefined ? {} : { token });
      assert.deepEqual([answer.status, answer.code], [status, code], `${method} ${path}`);
    }
    await close(id);
    const headers = { "X-Forwarded-For": "192.0.2.200" };
    for (let count = 0; count < 10; count++)
      assert.equal((await page.call("POST", "/v1/login", { headers, body: { link: "x" } })).status, 401);
    const held = await page.call("POST", "/v1/login", { headers, body: { initData: own } });
    assert.deepEqual([held.status, held.code], [429, "too-many-tries"]);
    assert.ok(Number(held.headers["retry-after"]) > 0 && Number(held.headers["retry-after"]) <= 60);
    assert.equal((await page.call("POST", "/v1/login", { body: { initData: own } })).status, 200);
  });

  await t.test("frames made by hand end their own socket with the right code, and nothing else", async () => {
    const id = await page.openTerminal(token, readerInto("frames"));
    const stays = await page.attach(token, id);
    const cases: [what: string, bytes: Buffer, code: number][] = [
      ["unmasked", frame({ opcode: 2, payload: "unmasked\r", masked: false }), 1002],
      ["a reserved bit", frame({ opcode: 2, payload: "reserved\r", reserved: 0x40 }), 1002],
      ["an unknown opcode", frame({ opcode: 5, payload: "unknown\r" }), 1002],
      ["too large", frame({ opcode: 2, length: 1_048_577n }), 1009],
      ["a huge one", frame({ opcode: 2, length: 1n << 62n }), 1009],
      [
        "too large in parts",
        Buffer.concat([
          frame({ opcode: 2, payload: "x".repeat(1_048_576), final: false }),
          frame({ opcode: 0, payload: "\r" }),
        ]),
        1009,
      ],
      ["text that is none", frame({ opcode: 1, payload: Buffer.from([0xff]) }), 1007],
      [
        "one within another",
        Buffer.concat([
          frame({ opcode: 2, payload: "a\r", final: false }),
          frame({ opcode: 2, payload: "b\r" }),
        ]),
        1002,
      ],
      ["nothing to continue", frame({ opcode: 0, payload: "continued\r" }), 1002],
      ["a ping in parts", frame({ opcode: 9, final: false }), 1002],
      ["a close code that is none", frame({ opcode: 8, payload: closing(1006) }), 1002],
      ["a close", frame({ opcode: 8, payload: closing(1001) }), 1001],
    ];
    for (const [what, bytes, code] of cases) {
      const screen = await page.attach(token, id);
      (screen.client as unknown as { _socket: Socket })._socket.write(bytes);
      await until(what, () => screen.closedWith !== undefined);
      assert.equal(screen.closedWith, code, what);
    }
    await until("the one who stays", () => stays.last("viewers")?.count === 1);
    stays.type("typed\r");
    await until("his line", () => got("frames") !== "");
    assert.equal(got("frames"), "typed\n");
    await close(id);
  });

  await t.test("neither a token nor a link nor what Telegram signed is kept or logged anywhere", async () => {
    const secrets = [
      token,
      await page.token(OTHER_OWNER),
      new URLSearchParams(page.initData(OWNER)).get("hash"),
    ];
    const link = await page.link();
    await page.call("POST", "/v1/login", { body: { link } });
    await page.call("GET", `/v1/sessions?token=${token}`, { token });
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .map((name) => join(folder, name))
      .filter((path) => statSync(path).isFile());
    assert.ok(
      files.some((path) => path.endsWith("nanogent.log") && readFileSync(path).includes("page opened")),
    );
    for (const secret of [...secrets, link]) {
      assert.ok(secret && secret.length > 40);
      assert.deepEqual(
        files.filter((path) => readFileSync(path).includes(secret)),
        [],
      );
      assert.equal(bridge.output().includes(secret), false);
    }
  });
});
