import assert from "node:assert/strict";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { childEnv } from "../src/agents/process/child-env.ts";
import { type LogFields, silentLog } from "../src/log.ts";
import { createSecrets } from "../src/secrets.ts";
import { openVault } from "../src/vault.ts";
import { temporaryFolder } from "./fakes/folder.ts";

const ENV = { KEY: "of the bridge", OTHER: "stays" };

async function vaultIn(t: TestContext) {
  const path = join(await temporaryFolder(t), "secrets.json");
  const secrets = createSecrets([]);
  const warned: [string, LogFields | undefined][] = [];
  const log = {
    ...silentLog,
    warn: (event: string, fields?: LogFields) => void warned.push([event, fields]),
  };
  return { path, secrets, warned, open: () => openVault({ path, env: ENV, secrets, log }) };
}

test("a value is in the environment of agents, in a file for its owner only, and hidden", async (t) => {
  const { path, secrets, open } = await vaultIn(t);
  const vault = open();
  vault.set("KEY", "hunter2-hunter2");
  vault.set("ANOTHER", "two\nlines");
  assert.deepEqual(vault.names, ["ANOTHER", "KEY"]);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(secrets.redact("it is hunter2-hunter2"), `it is ${"•".repeat(15)}`);
  const env = childEnv(vault.environment, [], "1");
  assert.deepEqual(env, { KEY: "hunter2-hunter2", ANOTHER: "two\nlines", OTHER: "stays", NANOGENT_JOB: "1" });
  assert.deepEqual(ENV, { KEY: "of the bridge", OTHER: "stays" }, "the bridge's own stays as it is");
  const next = open();
  assert.deepEqual(next.environment, vault.environment);
  assert.equal(next.remove("KEY"), true);
  assert.equal(next.remove("KEY"), false);
  assert.equal(next.environment.KEY, "of the bridge");
  assert.equal(next.remove("ANOTHER"), true);
  assert.ok(!("ANOTHER" in next.environment));
  assert.equal(secrets.redact("hunter2-hunter2"), "•".repeat(15), "what was secret stays hidden");
  assert.equal(readFileSync(path, "utf8"), "{}\n");
});

test("two that share the file lose nothing of each other's", async (t) => {
  const { path, secrets, open } = await vaultIn(t);
  const [bridge, chat] = [open(), open()];
  bridge.set("A", "of the bridge");
  chat.set("B", "of the chat");
  assert.deepEqual([chat.names, chat.environment.A], [["A", "B"], "of the bridge"]);
  assert.equal(secrets.redact("of the chat"), "•".repeat(11));
  bridge.set("C", "more");
  assert.deepEqual(open().names, ["A", "B", "C"]);
  assert.equal(bridge.remove("B"), true);
  assert.equal(chat.remove("B"), false, "it is gone already");
  assert.ok(!("B" in chat.environment));
  assert.deepEqual(chat.names, ["A", "C"]);
  chat.set("B", "again");
  rmSync(path);
  chat.save();
  bridge.save();
  assert.deepEqual(open().names, ["A", "B", "C"]);
  writeFileSync(path, "[");
  bridge.set("D", "after damage");
  assert.deepEqual(open().names, ["A", "B", "C", "D"]);
});

test("what a crash has left of a write is removed", async (t) => {
  const { path, open } = await vaultIn(t);
  writeFileSync(`${path}.123-abc.tmp`, '{"KEY":"hunter2"}');
  assert.deepEqual(open().names, []);
  assert.throws(() => statSync(`${path}.123-abc.tmp`));
});

test("a file that was removed is written anew", async (t) => {
  const { path, open } = await vaultIn(t);
  const vault = open();
  vault.save();
  assert.throws(() => statSync(path), "without secrets there is no file");
  vault.set("KEY", "x");
  rmSync(path);
  vault.save();
  assert.deepEqual(open().names, ["KEY"]);
});

test("what cannot be used in the file is left out, and nothing of it is logged", async (t) => {
  const { path, warned, open } = await vaultIn(t);
  for (const text of ["", "[", '"hunter2"', "null", '{"KEY": hunter2}']) {
    writeFileSync(path, text);
    assert.deepEqual(open().names, [], text);
  }
  writeFileSync(path, '{"PATH":"hunter2","a":"hunter2","KEY":7,"NUL":"a\\u0000b","GOOD":"x"}');
  assert.deepEqual(open().names, ["GOOD"]);
  assert.equal(warned.length, 9);
  assert.ok(!JSON.stringify(warned).includes("hunter2"));
});
