import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { BridgeError } from "../../src/control/bridge-client.ts";
import { registerBridge, runningBridges } from "../../src/control/bridges.ts";
import { allBridges, bridgeOf } from "../../src/control/find-bridge.ts";
import { controlSocketPath, secureSocketFolder } from "../../src/control/socket-path.ts";
import { startTimeOf } from "../../src/process-identity.ts";
import { lockProject, prepareState, projectPaths } from "../../src/project.ts";
import { temporaryFolder } from "../fakes/folder.ts";

async function machine(t: TestContext) {
  const root = await temporaryFolder(t);
  const env = { XDG_RUNTIME_DIR: root };
  const bridges = join(root, "nanogent", "bridges");
  const register = (folder: string, part = "") => {
    const paths = projectPaths(folder, part);
    return registerBridge(paths, controlSocketPath(paths.state, env), env);
  };
  return { root, env, bridges, register };
}

test("a bridge is found while it is registered, by files that are its user's alone", async (t) => {
  const { env, bridges, register } = await machine(t);
  assert.deepEqual(runningBridges(env), []);
  const registration = register("/p/one");
  const startTime = startTimeOf(process.pid);
  const entry = {
    folder: "/p/one",
    pid: process.pid,
    startTime,
    socket: "/p/one/.nanogent/control.sock",
    name: "one",
  };
  assert.deepEqual(runningBridges(env), [entry]);
  const [file = ""] = readdirSync(bridges);
  assert.deepEqual(
    [statSync(bridges).mode & 0o777, statSync(join(bridges, file)).mode & 0o777],
    [0o700, 0o600],
  );
  rmSync(bridges, { recursive: true });
  registration.renew();
  assert.deepEqual(runningBridges(env), [entry]);
  registration.end();
  assert.deepEqual([runningBridges(env), readdirSync(bridges)], [[], []]);
});

test("what is of no bridge that runs is removed by whoever looks", async (t) => {
  const { env, bridges, register } = await machine(t);
  register("/p/one");
  const { pid: gone = 0 } = spawnSync("true");
  const alive = { pid: process.pid, startTime: startTimeOf(process.pid) };
  const entry = { folder: "/p/two", ...alive, socket: "/p/two/.nanogent/control.sock", name: "two" };
  const cases: Record<string, unknown> = {
    "of a process that has ended": { ...entry, pid: gone },
    "of a process that has its pid now": { ...entry, startTime: "1" },
    "of a process that cannot be": { ...entry, pid: -1 },
    "with an object for a folder": { ...entry, folder: { toString: "x" } },
    "with a text for a pid": { ...entry, pid: String(process.pid) },
    "without a socket": { ...entry, socket: undefined },
    "a list": [entry],
    nothing: null,
  };
  for (const [what, content] of Object.entries(cases)) {
    writeFileSync(join(bridges, "two.json"), JSON.stringify(content));
    assert.equal(runningBridges(env).length, 1, what);
    assert.equal(readdirSync(bridges).length, 1, what);
  }
  writeFileSync(join(bridges, "two.json"), '{"folder":');
  assert.equal(runningBridges(env).length, 1);
});

test("what another user has made is not believed", { skip: process.getuid?.() !== 0 }, async (t) => {
  const { root, env, bridges, register } = await machine(t);
  register("/p/one");
  chownSync(bridges, 65_534, 65_534);
  assert.deepEqual(runningBridges(env), []);
  assert.throws(() => register("/p/two").renew(), /belongs to another user/);
  rmSync(bridges, { recursive: true });
  symlinkSync(root, bridges);
  assert.deepEqual(runningBridges(env), []);
  assert.throws(() => secureSocketFolder(join(bridges, "control.sock")), /belongs to another user/);
});

test("the bridge of a folder is its own, or that of the nearest one above", async (t) => {
  const { env, register } = await machine(t);
  register("/p/one", "chat");
  register("/p/one");
  register("/p/one/inner", "chat");
  const cases: [folder: string, name: string | undefined][] = [
    ["/p/one", "one"],
    ["/p/one/src/deep", "one"],
    ["/p/one/inner", "inner/chat"],
    ["/p/one/inner/x", "inner/chat"],
    ["/p/ones", undefined],
    ["/p", undefined],
    ["/", undefined],
  ];
  for (const [folder, name] of cases) {
    if (name !== undefined) assert.equal(bridgeOf(folder, env).name, name, folder);
    else {
      const isMissing = (error: unknown): boolean =>
        error instanceof BridgeError &&
        error.code === "no-bridge" &&
        error.hint === "Start it: nanogent start";
      assert.throws(() => bridgeOf(folder, env), isMissing, folder);
    }
  }
  assert.deepEqual(
    allBridges(env).map(({ name }) => name),
    ["one", "one/chat", "inner/chat"],
  );
});

test("one that could not register is found in its folder, and nothing that only looks like one", async (t) => {
  const { root, env } = await machine(t);
  const folder = join(root, "project");
  const paths = projectPaths(folder);
  mkdirSync(folder);
  prepareState(paths);
  const found = (): string | undefined => {
    try {
      return bridgeOf(join(folder, "src"), env).folder;
    } catch {
      return undefined;
    }
  };
  const socket = join(paths.state, "control.sock");
  const lock = lockProject(paths);
  writeFileSync(socket, "");
  assert.equal(found(), undefined);
  rmSync(socket);
  const server = createServer();
  t.after(() => server.close());
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  assert.equal(found(), folder);
  if (process.getuid?.() === 0) {
    chownSync(socket, 65_534, 65_534);
    assert.equal(found(), undefined);
    chownSync(socket, 0, 0);
  }
  lock.release();
  assert.equal(found(), undefined);
});

test("a path that is too long for a socket is one in the runtime folder", async (t) => {
  const { root, env } = await machine(t);
  const long = join("/p", "x".repeat(200), ".nanogent");
  const cases: [state: string, path: RegExp][] = [
    ["/p/.nanogent", /^\/p\/\.nanogent\/control\.sock$/],
    [long, new RegExp(`^${root}/nanogent/control-[0-9a-f]{16}\\.sock$`)],
    [`${"/ä".repeat(35)}/.nanogent`, new RegExp(`^${root}/nanogent/control-`)],
  ];
  for (const [state, path] of cases) assert.match(controlSocketPath(state, env), path);
  const path = controlSocketPath(long, env);
  mkdirSync(join(root, "nanogent"));
  chmodSync(join(root, "nanogent"), 0o777);
  secureSocketFolder(path);
  assert.equal(statSync(join(root, "nanogent")).mode & 0o777, 0o700);
  assert.notEqual(path, controlSocketPath(`${long}2`, env));
});
