import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import test from "node:test";
import { BridgeError } from "../../src/control/bridge-client.ts";
import { BridgeSocket } from "../../src/control/bridge-socket.ts";
import type { ControlRoute } from "../../src/control/router.ts";
import { VERSION } from "../../src/version.ts";
import { HttpError } from "../../src/web/http-error.ts";
import { until } from "../web/until.ts";
import { type Door, door } from "./door.ts";

test("both doors answer the same", async (t) => {
  const { site, call } = await door(t);
  const token = await site.token();
  for (const path of ["/v1/sessions", "/v1/bridge", "/v1/jobs"]) {
    const here = await call("GET", path);
    assert.equal(here.status, 200, path);
    assert.equal(here.headers["nanogent-version"], VERSION);
    assert.deepEqual(here.json, (await site.call("GET", path, { token })).json, path);
  }
});

test("requests are answered, or refused in short JSON, whatever stands in them", async (t) => {
  const { site, call } = await door(t);
  const key = (text: string): string => `/v1/sessions/${encodeURIComponent(text)}`;
  const hostile = [
    "../..",
    "$(touch ran)",
    "'\"`;ls",
    "a\nb",
    "x".repeat(10_000),
    "🖥",
    "%00",
    "term-1/../term-1",
    "",
  ];
  const cases: [method: string, path: string, body: unknown, status: number, code?: string][] = [
    ["POST", "/v1/sessions", { command: "top", cwd: "/tmp", name: "a" }, 200],
    ["DELETE", "/v1/sessions/name-of-term-2", undefined, 200],
    ["DELETE", "/v1/sessions/term-2", undefined, 200],
    ["DELETE", "/v1/sessions/term-2", undefined, 404, "no-session"],
    ["DELETE", "/v1/sessions/TERM-1", undefined, 404, "no-session"],
    ["DELETE", "/v1/sessions/term", undefined, 404, "no-session"],
    ["DELETE", "/v1/sessions/__proto__", undefined, 404, "no-session"],
    ["DELETE", "/v1/jobs/1", undefined, 200],
    ["DELETE", "/v1/jobs/01", undefined, 404, "no-job"],
    ["POST", "/v1/sessions", "x".repeat(65_537), 413, "too-large"],
    ["POST", "/v1/sessions/term-1/name", "x".repeat(1 << 20), 413, "too-large"],
    ["POST", "/v1/sessions", "[]", 400, "bad-json"],
    ["POST", "/v1/sessions", { cwd: 1 }, 400, "bad-request"],
    ["PUT", "/v1/sessions", undefined, 405, "wrong-method"],
    ["GET", "/v1/login", undefined, 404, "not-found"],
    ["GET", "/", undefined, 404, "not-found"],
    ["GET", "http://elsewhere/v1/sessions", undefined, 400, "bad-request"],
    ...hostile.map((name): [string, string, unknown, number, string] => [
      "DELETE",
      key(name),
      undefined,
      404,
      "not-found",
    ]),
    ...hostile.map((name): [string, string, unknown, number, string] => [
      ...(["POST", "/v1/sessions/term-1/name", { name }, 400, "bad-name"] as const),
    ]),
  ];
  for (const [method, path, body, status, code] of cases) {
    const answer = await call(method, path, { body });
    const what = `${method} ${path.slice(0, 60)} ${JSON.stringify(body)?.slice(0, 60)}`;
    assert.deepEqual([answer.status, answer.code], [status, code], what);
    assert.equal(answer.headers["nanogent-version"], VERSION, what);
    assert.ok(JSON.stringify(answer.json).length < 2_000, what);
  }
  assert.deepEqual([site.sessions.size, site.first.name], [1, "name-of-term-1"]);
});

test("a client of another version is told so, by HTTP and by web socket", async (t) => {
  const { call } = await door(t);
  const major = Number(VERSION.split(".")[0]);
  const cases: [version: string | undefined, code: unknown][] = [
    [undefined, undefined],
    [VERSION, undefined],
    [`${major}.999.0`, undefined],
    [`${major + 1}.0.0`, "wrong-version"],
    [`${major - 1}.5.1`, "wrong-version"],
    ["\u00e4".repeat(200), "wrong-version"],
  ];
  for (const [version, code] of cases) {
    const headers = version === undefined ? {} : { "nanogent-version": version };
    assert.equal((await call("GET", "/v1/sessions", { headers })).code, code, version);
    const key = { "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13" };
    if (code === undefined) continue;
    const upgrade = { ...headers, ...key, Connection: "Upgrade", Upgrade: "websocket" };
    assert.equal((await call("GET", "/v1/socket", { headers: upgrade })).code, code, version);
  }
});

test("what programs say that the bridge has started goes by their own secrets", async (t) => {
  const own: ControlRoute = {
    method: "POST",
    path: /^\/v1\/sessions\/([\w.-]{1,64})\/hooks$/,
    async handle({ request, words }) {
      if (request.headers.authorization !== "Bearer right") throw new HttpError(401, "no-token", "Who?");
      return { words };
    },
  };
  const { call } = await door(t, [own]);
  const path = "/v1/sessions/term-1/hooks";
  const right = { Authorization: "Bearer right", "nanogent-version": "0.0.1" };
  assert.equal((await call("POST", path)).code, "no-token");
  assert.deepEqual((await call("POST", path, { headers: right })).json, { words: ["term-1"] });
  assert.equal((await call("GET", path)).code, "wrong-method");
});

/** A viewer at the control socket, and what he was told. */
async function viewer({ path }: Door, more: object = {}) {
  const told: Record<string, unknown>[] = [];
  let shown = "";
  let closed: number | undefined;
  const socket = await BridgeSocket.open(path, {
    onText: (text) => void told.push(JSON.parse(text)),
    onBinary: (bytes) => {
      shown += bytes;
    },
    onClose: (code) => {
      closed = code;
    },
  });
  socket.say({ type: "attach", session: "term-1", columns: 100, rows: 40, ...more });
  await until("the attachment", () => told.length > 0);
  return { socket, told, shown: () => shown, closed: () => closed };
}

test("viewers of both doors are in one room: they are counted together, and the size follows who types", async (t) => {
  const made = await door(t);
  const { first } = made.site;
  const page = await made.site.attach(t);
  const desk = await viewer(made);
  assert.deepEqual([first.columns, first.rows, first.viewers], [80, 24, 2]);
  await until("the count", () => page.last("viewers")?.count === 2);
  desk.socket.sendBinary(Buffer.from("x".repeat(70_000)));
  await until("the keys", () => first.typed.join("").length === 70_000);
  assert.deepEqual([first.columns, first.rows], [100, 40]);
  page.type("y");
  await until("the page's size", () => first.columns === 80);
  const reader = await viewer(made, { session: "name-of-term-1", read: true, columns: 5 });
  assert.equal(reader.told[0]?.role, "reader");
  reader.socket.sendBinary(Buffer.from("z"));
  first.output(`${"o".repeat(200_000)}end`);
  await until("the output", () => [desk, reader].every(({ shown }) => shown().endsWith("end")));
  assert.deepEqual([first.columns, first.typed.includes("z")], [80, false]);
  desk.socket.close();
  await until("the count", () => page.last("viewers")?.count === 2 && first.viewers === 2);
  first.end({ code: 7 });
  await until("the end", () => reader.closed() === 1000);
  assert.deepEqual(reader.told.at(-1), { type: "ended", code: 7, reason: null, lost: false });
});

test("the socket is the user's own, and is opened again where its file was removed", async (t) => {
  const made = await door(t);
  const { path, server, call } = made;
  assert.deepEqual([statSync(path).mode & 0o777, statSync(dirname(path)).mode & 0o777], [0o600, 0o700]);
  const before = await viewer(made);
  rmSync(path);
  await server.open();
  assert.equal((await call("GET", "/v1/sessions")).status, 200);
  made.site.first.output("goes on");
  await until("the output", () => before.shown().endsWith("goes on"));
  await server.stop();
  await until("the end", () => before.closed() === 1001);
  await assert.rejects(
    BridgeSocket.open(path, { onText: () => {}, onBinary: () => {}, onClose: () => {} }),
    (error) => error instanceof BridgeError && error.code === "no-bridge",
  );
});

test("another user of the machine cannot connect, even where he gets into the folder", {
  skip: process.getuid?.() !== 0 || spawnSync("setpriv", ["--version"]).status !== 0,
}, async (t) => {
  const { path } = await door(t);
  const knock = (uid: number): string => {
    const script = `require("net").connect(process.argv[1]).on("connect", () => { console.log("in"); process.exit() }).on("error", ({ code }) => console.log(code))`;
    const user = [`--reuid=${uid}`, `--regid=${uid}`, "--clear-groups", process.execPath, "-e", script, path];
    return String(spawnSync("setpriv", user, { cwd: "/" }).stdout).trim();
  };
  for (const folder of [dirname(path), dirname(dirname(path))]) {
    assert.equal(knock(65_534), "EACCES");
    chmodSync(folder, 0o755);
  }
  assert.equal(knock(65_534), "EACCES");
  assert.equal(knock(0), "in");
});
