import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir, symlink } from "node:fs/promises";
import { request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import test from "node:test";
import { WebSocket as Client } from "ws";
import { BackendError } from "../../src/terminal/pty.ts";
import { signed } from "./init-data.ts";
import { BOT_TOKEN, CASE, PAST, site } from "./site.ts";
import { StandInSession } from "./stand-in.ts";
import { until } from "./until.ts";

test("the page comes with strict headers, and only Telegram's client for the web may frame it", async (t) => {
  const { call } = await site(t);
  const { status, headers, text } = await call("GET", "/");
  assert.deepEqual([status, text], [200, "<p>page"]);
  assert.deepEqual(
    ["content-security-policy", "x-content-type-options", "referrer-policy", "x-frame-options"].map((name) =>
      headers.get(name),
    ),
    ["default-src 'self'; frame-ancestors https://web.telegram.org", "nosniff", "no-referrer", null],
  );
  assert.equal((await call("GET", "/", { headers: { "If-None-Match": '"1"' } })).status, 304);
});

test("requests are answered, or refused in short JSON", async (t) => {
  const { call, token: login, first, opened, sessions, continued } = await site(t);
  const token = await login();
  const gone = new StandInSession("term-gone");
  gone.end({ code: undefined, reason: "gone", lost: true });
  sessions.set(gone.id, gone);
  const cases: [method: string, path: string, body: unknown, status: number, code?: string][] = [
    ["GET", "/v1/sessions", undefined, 200],
    ["POST", "/v1/sessions", { where: "ssh:web", command: "top", columns: 100, rows: 30, other: 1 }, 200],
    ["POST", "/v1/sessions", {}, 200],
    ["POST", "/v1/sessions", { where: "ssh:gone" }, 409, "not-opened"],
    ["POST", "/v1/sessions", { columns: 0 }, 400, "bad-request"],
    ["POST", "/v1/sessions", { command: ["top"] }, 400, "bad-request"],
    ["POST", "/v1/sessions", "[1]", 400, "bad-json"],
    ["POST", "/v1/sessions", "{", 400, "bad-json"],
    ["POST", "/v1/sessions", "x".repeat(65_537), 413, "too-large"],
    ["PUT", "/v1/sessions", {}, 405, "wrong-method"],
    ["GET", "/v1/login", undefined, 405, "wrong-method"],
    ["POST", "/", {}, 405, "wrong-method"],
    ["GET", "/v1/sessions/term-1", undefined, 405, "wrong-method"],
    ["DELETE", "/v1/sessions/term-9", undefined, 404, "no-session"],
    ["DELETE", "/v1/sessions/name-of-term", undefined, 404, "no-session"],
    ["POST", "/v1/sessions/name-of-term-1/name", { name: "build" }, 200],
    ["POST", "/v1/sessions/term-1/name", { name: "build" }, 200],
    ["POST", "/v1/sessions/term-3/name", { name: "build" }, 409, "not-renamed"],
    ["POST", "/v1/sessions/term-9/name", { name: "build" }, 404, "no-session"],
    ["POST", "/v1/sessions/term-1/name", { name: 1 }, 400, "bad-name"],
    ["POST", "/v1/sessions/term-1/name", {}, 400, "bad-name"],
    ["GET", "/v1/sessions/term-1/name", undefined, 405, "wrong-method"],
    ["GET", "/v1/bridge", undefined, 200],
    ["GET", "/v1/jobs", undefined, 200],
    ["DELETE", "/v1/jobs/1", undefined, 200],
    ["DELETE", "/v1/jobs/2", undefined, 404, "no-job"],
    ["DELETE", "/v1/sessions/..%2f..%2fx", undefined, 404, "not-found"],
    ["GET", "/v1/sessions/term-9/files?path=a", undefined, 404, "no-session"],
    ["GET", "/v1/socket", undefined, 404, "not-found"],
    ["GET", "/favicon.ico", undefined, 404, "not-found"],
    ["POST", "/v1/job/stop", undefined, 200],
    ["POST", "/v1/job/continue", { id: "j1", how: "resume" }, 200],
    ["POST", "/v1/job/continue", { id: "j1" }, 400, "bad-request"],
    ["POST", "/v1/sessions/term-1/reconnect", undefined, 409, "still-runs"],
    ["POST", "/v1/sessions/term-9/reconnect", undefined, 404, "no-session"],
    ["GET", "/v1/sessions/term-1/reconnect", undefined, 405, "wrong-method"],
    ["DELETE", "/v1/sessions/term-1", undefined, 200],
    ["POST", "/v1/sessions/term-1/reconnect", undefined, 200],
    ["POST", "/v1/sessions/term-gone/reconnect", undefined, 409, "not-opened"],
    ["DELETE", "/v1/sessions/term-3", undefined, 200],
    ["DELETE", "/v1/sessions/term-3", undefined, 200],
    ["DELETE", "/v1/sessions/term-3", undefined, 404, "no-session"],
  ];
  for (const [method, path, body, status, code] of cases) {
    const answer = await call(method, path, { token, body });
    assert.deepEqual([answer.status, answer.error?.code], [status, code], `${method} ${path}`);
    assert.equal(answer.headers.get("content-security-policy"), "default-src 'none'; frame-ancestors 'none'");
    assert.ok(answer.text.length < 2_000);
  }
  assert.deepEqual(opened.slice(0, 2), [{ where: "ssh:web", command: "top", columns: 100, rows: 30 }, {}]);
  assert.deepEqual([sessions.size, first.exit?.code], [4, 0]);
  assert.deepEqual(continued, ["j1 resume"]);
});

test("the list tells all that the page shows", async (t) => {
  const { call, token: login, first } = await site(t);
  const token = await login();
  const running = {
    ...{ id: "term-1", name: "name-of-term-1", label: "bash", where: "host", command: null },
    ...{ state: "running", exit: null, title: "title" },
    ...{ columns: 80, rows: 24, viewers: 0, lastOutput: 2_000, lastInput: 3_000 },
  };
  const rest = {
    job: { title: "mend it", since: 5, doing: "reading" },
    queue: [{ title: "next", by: "Ada" }],
    cases: [CASE],
    recent: [PAST],
    hosts: ["host", "ssh:web"],
  };
  assert.deepEqual((await call("GET", "/v1/sessions", { token })).json, { sessions: [running], ...rest });
  first.end({ code: undefined, reason: "The connection was lost.", lost: true });
  const exit = { code: null, reason: "The connection was lost.", lost: true };
  const ended = { ...running, state: "ended", exit };
  assert.deepEqual((await call("GET", "/v1/sessions", { token })).json, { sessions: [ended], ...rest });
});

test("without a valid token nothing below /v1 is done", async (t) => {
  const { call, token: login, first } = await site(t);
  const good = await login();
  for (const [path, method] of [
    ["/v1/sessions", "GET"],
    ["/v1/sessions", "POST"],
    ["/v1/sessions/term-1", "DELETE"],
    ["/v1/job/stop", "POST"],
    ["/v1/job/continue", "POST"],
    ["/v1/sessions/term-1/reconnect", "POST"],
    ["/v1/sessions/term-1/files?name=a", "POST"],
  ] as const) {
    for (const headers of [
      {},
      { Authorization: `Bearer ${good.slice(0, -1)}` },
      { Authorization: `Basic ${good}` },
    ])
      assert.equal((await call(method, path, { headers })).status, 401, `${method} ${path}`);
    // Nor does one in the address count, which would be logged on the way.
    const inAddress = `${path}${path.includes("?") ? "&" : "?"}token=${good}`;
    assert.equal((await call(method, inAddress)).status, 401);
  }
  assert.equal(first.exit, undefined);
});

test("failure 24: another page, or another name for this address, drives nothing", async (t) => {
  const made = await site(t);
  const { port, call, token: login } = made;
  made.publicUrl = new URL("https://term.example.org");
  const token = await login();
  const cases: [headers: Record<string, string>, allowed: boolean][] = [
    [{}, true],
    [{ Origin: `http://127.0.0.1:${port}` }, true],
    [{ Host: `localhost:${port}`, Origin: `http://localhost:${port}` }, true],
    [{ Host: "term.example.org", Origin: "https://term.example.org" }, true],
    [{ Host: "TERM.example.org:443" }, true],
    [{ Origin: "https://evil.example" }, false],
    [{ Origin: "null" }, false],
    [{ Origin: "http://term.example.org" }, false],
    [{ Origin: "https://term.example.org.evil.example" }, false],
    [{ Origin: `http://127.0.0.1:${port + 1}` }, false],
    [{ Host: "evil.example" }, false],
    [{ Host: `evil.example:${port}` }, false],
    [{ Host: "127.0.0.1" }, false],
    [{ Host: "term.example.org:8443" }, false],
  ];
  for (const [headers, allowed] of cases) {
    const what = JSON.stringify(headers);
    const status = await new Promise((resolve, reject) => {
      const all = { Authorization: `Bearer ${token}`, ...headers };
      const asked = request({ host: "127.0.0.1", port, path: "/v1/sessions", headers: all }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      asked.on("error", reject).end();
    });
    assert.equal(status, allowed ? 200 : 403, what);
    const socket = new Client(`ws://127.0.0.1:${port}/v1/socket`, "nanogent.1", { headers });
    const outcome = await new Promise((resolve) => {
      socket.on("open", () => resolve(101));
      socket.on("unexpected-response", (_, { statusCode }) => resolve(statusCode));
      socket.on("error", () => {});
    });
    socket.terminate();
    assert.equal(outcome, allowed ? 101 : 403, `web socket, ${what}`);
  }
  made.publicUrl = undefined;
  assert.equal((await call("GET", "/", { headers: { Origin: "https://term.example.org" } })).status, 403);
});

test("whoever opens the page in Telegram is let in as what he is, by his id", async (t) => {
  const { call, roles } = await site(t);
  roles.set(7, "writer");
  const login = (id: number, more: Record<string, string> = {}) => {
    const user = JSON.stringify({ id, first_name: "Ada", username: "ada" });
    const now = String(Math.floor(Date.now() / 1_000));
    return call("POST", "/v1/login", {
      body: { initData: signed({ auth_date: now, user, ...more }, BOT_TOKEN) },
    });
  };
  const good = await login(7, { start_param: "term-1" });
  const { token, expiresAt, ...rest } = good.json;
  assert.deepEqual([good.status, rest], [200, { role: "writer", name: "Ada", startParam: "term-1" }]);
  assert.ok(Math.abs(Number(expiresAt) - Date.now() - 3_600_000) < 60_000);
  assert.equal((await call("GET", "/v1/sessions", { token: String(token) })).status, 200);
  // failure 28: another account that has the name of an owner by now.
  const other = await login(8);
  assert.deepEqual([other.status, other.error?.code], [403, "not-allowed"]);
  assert.match(
    other.error?.hint ?? "",
    /your id \(8\) to TELEGRAM_ALLOWED_USER_IDS and, where that is set, to NANOGENT_OWNER_IDS/,
  );
  assert.equal((await call("POST", "/v1/login", { body: {} })).status, 400);
});

test("a link works once; whoever tries too often has to wait", async (t) => {
  const { call, link } = await site(t);
  const mine = link();
  const first = await call("POST", "/v1/login", { body: { link: mine } });
  assert.deepEqual([first.status, first.json.role, first.json.name], [200, "owner", "this machine"]);
  const again = await call("POST", "/v1/login", { body: { link: mine } });
  assert.deepEqual([again.status, again.error?.hint], [401, "Make a new one: nanogent open"]);
  for (let count = 1; count < 10; count++) {
    const body = count % 2 ? { link: `x${count}` } : { initData: "hash=00" };
    assert.equal((await call("POST", "/v1/login", { body })).status, 401);
  }
  const late = await call("POST", "/v1/login", { body: { link: link() } });
  assert.deepEqual([late.status, late.error?.code], [429, "too-many-tries"]);
  assert.ok(Number(late.headers.get("retry-after")) > 50);
});

test("a file is put into the session's folder, under a harmless name, and never over another one", async (t) => {
  const { call, token: login, folder } = await site(t);
  const token = await login();
  await symlink("/nowhere/at-all", join(folder, "link.txt"));
  const cases: [name: string, path: string][] = [
    ["a b.txt", "a b.txt"],
    ["a b.txt", "a b-2.txt"],
    ["a b.txt", "a b-3.txt"],
    ["../../etc/passwd", "passwd"],
    ["..\\..\\boot.ini", "boot.ini"],
    [".env", "env"],
    ["-rf", "rf"],
    ["\u202egnp.exe\u0000\n", "gnp.exe"],
    ["link.txt", "link-2.txt"],
    [`${"ä".repeat(300)}.png`, `${"ä".repeat(98)}.png`],
  ];
  for (const [name, path] of cases) {
    const answer = await call("POST", `/v1/sessions/term-1/files?name=${encodeURIComponent(name)}`, {
      token,
      body: `content of ${name}`,
    });
    assert.deepEqual([answer.status, answer.json], [200, { folder, name: path }]);
    assert.equal(readFileSync(join(folder, path), "utf8"), `content of ${name}`);
  }
  for (const name of ["", "..", "/", ".-."]) {
    const path = `/v1/sessions/term-1/files?name=${encodeURIComponent(name)}`;
    assert.equal((await call("POST", path, { token, body: "x" })).error?.code, "bad-name");
  }
});

test("a file for another machine goes there whole, and what that says comes back", async (t) => {
  const made = await site(t);
  const token = await made.token();
  const got: string[] = [];
  made.put = async (path, name) => {
    got.push(`${name}: ${readFileSync(path, "utf8")}`);
    if (name === "no.txt") throw new BackendError("web has not taken the file: it is full.");
    return { folder: "/home/ada", name };
  };
  const path = "/v1/sessions/term-1/files";
  const good = await made.call("POST", `${path}?name=..%2fa.txt`, { token, body: "x" });
  assert.deepEqual([good.status, good.json], [200, { folder: "/home/ada", name: "a.txt" }]);
  const bad = await made.call("POST", `${path}?name=no.txt`, { token, body: "y" });
  assert.deepEqual([bad.status, bad.error?.message], [409, "web has not taken the file: it is full."]);
  assert.deepEqual(got, ["a.txt: x", "no.txt: y"]);
  assert.deepEqual((await made.call("GET", `${path}?path=a.txt`, { token })).status, 409);
  assert.deepEqual(readdirSync(made.folder), []);
});

test("an upload that is too large or cut off leaves nothing behind", async (t) => {
  const { call, port, token: login, folder } = await site(t);
  const token = await login();
  const announced = await call("POST", "/v1/sessions/term-1/files?name=big", {
    token,
    body: Buffer.alloc(50_000_001),
  });
  assert.equal(announced.status, 413);
  const head = (length: string): string =>
    `POST /v1/sessions/term-1/files?name=cut HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\n${length}\r\n\r\n`;
  const cut = connect(port, "127.0.0.1");
  cut.write(`${head("Content-Length: 100")}half`);
  await until("the beginning", () => existsSync(join(folder, "cut")));
  cut.destroy();
  await until("its end", () => !existsSync(join(folder, "cut")));
  // Without an announced length it shows by and by.
  const endless = connect(port, "127.0.0.1");
  t.after(() => endless.destroy());
  endless.on("error", () => {});
  let said = "";
  endless.on("data", (chunk) => {
    said += chunk;
  });
  endless.write(head("Transfer-Encoding: chunked"));
  const block = Buffer.concat([Buffer.from("f4240\r\n"), Buffer.alloc(1_000_000), Buffer.from("\r\n")]);
  for (let count = 0; count < 51; count++) endless.write(block);
  await until("the refusal", () => said.includes("413 Payload Too Large"));
  assert.deepEqual(readdirSync(folder), []);
});

test("a file of the project is downloaded by the rules of what is sent", async (t) => {
  const made = await site(t);
  const { call, token: login, folder } = made;
  const token = await login();
  writeFileSync(join(folder, "a (1)ä.html"), "<script>");
  writeFileSync(join(folder, ".env"), "A=b");
  writeFileSync(join(folder, "t.csv"), "1,2");
  writeFileSync(join(folder, "leak.txt"), "has secret-value in it");
  await symlink("/etc/hostname", join(folder, "away.txt"));
  const get = (path: string) =>
    call("GET", `/v1/sessions/term-1/files?path=${encodeURIComponent(path)}`, { token });
  await mkdir(join(folder, "below"));
  made.inFolder = "below";
  assert.equal((await get("../a (1)ä.html")).text, "<script>", "as seen from where the terminal is");
  made.inFolder = "";
  const good = await get("a (1)ä.html");
  assert.deepEqual([good.status, good.text], [200, "<script>"]);
  assert.equal(good.headers.get("content-type"), "application/octet-stream");
  assert.equal(
    good.headers.get("content-disposition"),
    "attachment; filename*=UTF-8''a%20%281%29%C3%A4.html",
  );
  for (const path of [".env", "t.csv", "leak.txt", "away.txt", "../x", "/etc/passwd", "nothing.txt", ""]) {
    const { status, error } = await get(path);
    assert.deepEqual([status, error?.code], [403, "not-sent"], path);
  }
});

test("what a reader may not do, and what only some may, is refused", async (t) => {
  const made = await site(t);
  const token = await made.token();
  for (const [outcome, status] of [
    ["nothing-runs", 409],
    ["not-yours", 403],
  ] as const) {
    made.stopped = outcome;
    assert.equal((await made.call("POST", "/v1/job/stop", { token })).status, status);
  }
  for (const [outcome, status] of [
    ["decided", 409],
    ["other-agent", 409],
    ["not-yours", 403],
  ] as const) {
    made.settled = outcome;
    const answer = await made.call("POST", "/v1/job/continue", { token, body: { id: "j1", how: "drop" } });
    assert.deepEqual([answer.status, answer.error?.code], [status, outcome]);
    assert.equal(answer.error?.message, "That is what came of it.");
  }
  made.roles.set(0, "reader");
  for (const [method, path, status] of [
    ["GET", "/v1/sessions", 200],
    ["POST", "/v1/sessions", 403],
    ["DELETE", "/v1/sessions/term-1", 403],
    ["POST", "/v1/job/stop", 403],
    ["POST", "/v1/job/continue", 403],
    ["POST", "/v1/sessions/term-1/reconnect", 403],
    ["POST", "/v1/sessions/term-1/files?name=a", 403],
    ["GET", "/v1/sessions/term-1/files?path=a", 403],
  ] as const) {
    assert.equal((await made.call(method, path, { token })).status, status, `${method} ${path}`);
  }
  assert.deepEqual([made.opened, made.first.exit, readdirSync(made.folder)], [[], undefined, []]);
  // Removed, then let in again: the old token stays ended.
  made.roles.delete(0);
  assert.equal((await made.call("GET", "/v1/sessions", { token })).status, 401);
  made.roles.set(0, "owner");
  assert.equal((await made.call("GET", "/v1/sessions", { token })).status, 401);
});
