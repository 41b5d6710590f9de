import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startAgent } from "../../../src/terminal/backends/ssh-agent.ts";
import { temporaryFolder } from "../../fakes/folder.ts";
import { fingerprintOf, makeKey, noSsh } from "../../fakes/ssh-server.ts";

const skip = noSsh();
const env = { PATH: process.env.PATH, HOME: process.env.HOME };

test("an agent has one key, for this user only, and goes when it is told to", { skip }, async (t) => {
  const path = makeKey(await temporaryFolder(t), "key");
  const agent = await startAgent(readFileSync(path, "utf8"), env);
  assert.equal(agent.fingerprint, fingerprintOf(path));
  const folder = dirname(agent.socket);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  assert.deepEqual(readdirSync(folder), ["agent"], "the key is in no file");
  await Promise.all([agent.end(), agent.end()]);
  assert.ok(!existsSync(folder));
});

test("what is no key without a passphrase is refused, and leaves no agent", { skip }, async (t) => {
  const folder = await temporaryFolder(t);
  const locked = readFileSync(makeKey(folder, "locked", "open sesame"), "utf8");
  const half = readFileSync(`${makeKey(folder, "half")}.pub`, "utf8");
  for (const text of ["", "no key", locked, half]) {
    await assert.rejects(startAgent(text, env), { name: "BackendError", message: /no private key/ }, text);
  }
  await assert.rejects(startAgent("x", { PATH: folder }), /ssh-agent cannot be started/);
});

test("an agent whose bridge is killed ends by itself", { skip }, async (t) => {
  const path = makeKey(await temporaryFolder(t), "key");
  const module = fileURLToPath(new URL("../../../src/terminal/backends/ssh-agent.ts", import.meta.url));
  const script = `
    const { startAgent } = await import(${JSON.stringify(module)});
    const { readFileSync } = await import("node:fs");
    const agent = await startAgent(readFileSync(${JSON.stringify(path)}, "utf8"), process.env);
    console.log(agent.socket);
    setInterval(() => {}, 1_000);`;
  const flags = ["--import", "tsx", "--input-type=module", "-e", script];
  const bridge = spawn(process.execPath, flags, { stdio: ["ignore", "pipe", "inherit"] });
  const socket = await new Promise<string>((resolve) => {
    bridge.stdout.once("data", (chunk) => resolve(String(chunk).trim()));
  });
  t.after(() => rmSync(dirname(socket), { recursive: true, force: true }));
  assert.ok(existsSync(socket));
  bridge.kill("SIGKILL");
  // It looks every ten seconds.
  for (let tries = 0; existsSync(socket) && tries < 600; tries++) await sleep(50);
  assert.ok(!existsSync(socket));
});
