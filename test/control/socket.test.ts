import assert from "node:assert/strict";
import { mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import test from "node:test";
import { systemClock } from "../../src/clock.ts";
import { askBridge } from "../../src/control/client.ts";
import type { ControlRoute } from "../../src/control/router.ts";
import { ControlServer } from "../../src/control/server.ts";
import { controlSocketPath } from "../../src/control/socket-path.ts";
import type { Log } from "../../src/log.ts";
import { temporaryFolder } from "../fakes/folder.ts";

const WITHOUT_PAGE = { clock: systemClock, needs: () => Promise.reject(new Error("only routes of its own")) };

test("the socket is the user's own, takes the place of a stale one, comes back when removed without cutting whoever waits, and tells who has gone", async (t) => {
  const folder = join(await temporaryFolder(t), "state");
  mkdirSync(folder, { mode: 0o755 });
  const path = controlSocketPath(folder, {});
  assert.equal(path, join(folder, "control.sock"));
  writeFileSync(path, "left");
  const logged: string[] = [];
  const log: Log = { debug() {}, info() {}, warn() {}, error: (message) => void logged.push(message) };
  let gone = false;
  let waiters = 0;
  const routes: readonly ControlRoute[] = [
    { method: "GET", path: /^\/v1\/echo\/(\w+)$/, handle: async ({ words }) => ({ words }) },
    {
      method: "GET",
      path: /^\/v1\/wait$/,
      handle: (call) =>
        new Promise((resolve) => {
          waiters++;
          call.gone.addEventListener("abort", () => {
            gone = true;
            resolve({});
          });
        }),
    },
    { method: "GET", path: /^\/v1\/fault$/, handle: () => Promise.reject(new Error("of mine")) },
  ];
  const server = new ControlServer({ path, routes, log, ...WITHOUT_PAGE });
  t.after(() => server.stop());
  const ask = (to: string, signal?: AbortSignal) =>
    askBridge({ socket: path, method: "GET", path: to, token: "", ...(signal ? { signal } : {}) });

  await Promise.all([server.open(), server.open()]);
  assert.deepEqual([statSync(folder).mode & 0o777, statSync(path).mode & 0o777], [0o700, 0o600]);
  assert.deepEqual((await ask("/v1/echo/hello")).body, { words: ["hello"] });
  const held = ask("/v1/wait");
  while (waiters === 0) await new Promise((resolve) => setImmediate(resolve));
  rmSync(path);
  await assert.rejects(ask("/v1/echo/hello"), { code: "ENOENT" });
  await server.open();
  assert.equal((await ask("/v1/echo/again")).status, 200);
  assert.equal(gone, false, "whoever waits goes on waiting");
  assert.deepEqual([(await ask("/v1/fault")).status, logged], [500, ["a request failed"]]);

  const leaving = new AbortController();
  const waiting = ask("/v1/wait", leaving.signal);
  setTimeout(() => leaving.abort(), 50);
  await assert.rejects(waiting, { name: "AbortError" });
  while (!gone) await new Promise((resolve) => setImmediate(resolve));
  const cut = ask("/v1/wait");
  setTimeout(() => void server.stop(), 50);
  await Promise.all([held, cut].map((each) => assert.rejects(each, { code: "ECONNRESET" })));
  await assert.rejects(ask("/v1/echo/hello"), { code: "ENOENT" });
});

test("a project with a long path has its socket among the user's own, short enough for the system", async (t) => {
  const runtime = await temporaryFolder(t);
  const state = join(runtime, "a".repeat(100));
  mkdirSync(state);
  const path = controlSocketPath(state, { XDG_RUNTIME_DIR: runtime });
  assert.match(path, /\/nanogent\/control-[0-9a-f]{16}\.sock$/);
  assert.notEqual(path, controlSocketPath(`${state}b`, { XDG_RUNTIME_DIR: runtime }));
  const log: Log = { debug() {}, info() {}, warn() {}, error() {} };
  const server = new ControlServer({ path, routes: [], log, ...WITHOUT_PAGE });
  t.after(() => server.stop());
  await server.open();
  const socket = connect(path);
  await new Promise((resolve) => socket.once("connect", resolve));
  socket.destroy();
});
