import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { openKeyVault } from "../../../src/terminal/backends/key-vault.ts";
import { temporaryFolder } from "../../fakes/folder.ts";

const KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nsecret-secret\n-----END OPENSSH PRIVATE KEY-----\n";
const VAULT_KEY = "0123456789abcdef".repeat(4);

async function places(t: TestContext) {
  const [folder, config] = [await temporaryFolder(t), await temporaryFolder(t)];
  const path = join(folder, "ssh-keys.json");
  const open = (vaultKey?: string, env: NodeJS.ProcessEnv = { XDG_CONFIG_HOME: config }) =>
    openKeyVault({ path, folder, vaultKey, env });
  return { folder, config, path, open, file: join(config, "nanogent", "vault-key") };
}

test("a key comes out as it was put in, and is in no file in clear", async (t) => {
  const { path, open, file } = await places(t);
  const vault = open();
  assert.deepEqual(vault.names(), []);
  vault.set("web", KEY);
  vault.set("db", "other");
  assert.equal(open().get("web"), KEY);
  assert.deepEqual(open().names(), ["db", "web"]);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.doesNotMatch(readFileSync(path, "utf8"), /secret|BEGIN/);
  assert.equal(vault.remove("db"), true);
  assert.equal(vault.remove("db"), false);
  assert.throws(() => vault.get("db"), /no key for db/);
});

test("the same key sealed twice looks different, and changes are noticed", async (t) => {
  const { path, open } = await places(t);
  const vault = open(VAULT_KEY);
  const sealed = () => JSON.parse(readFileSync(path, "utf8")) as Record<string, Record<string, string>>;
  vault.set("a", KEY);
  const first = sealed().a ?? {};
  vault.set("a", KEY);
  const second = sealed().a ?? {};
  assert.notEqual(first.data, second.data);
  const flipped = Buffer.from(second.data ?? "", "base64");
  flipped[0] = (flipped[0] ?? 0) ^ 1;
  const cases = {
    data: { ...second, data: flipped.toString("base64") },
    iv: { ...second, iv: first.iv },
    "a shorter tag": {
      ...second,
      tag: Buffer.from(second.tag ?? "", "base64")
        .subarray(0, 4)
        .toString("base64"),
    },
  };
  for (const [what, changed] of Object.entries(cases)) {
    writeFileSync(path, JSON.stringify({ a: changed }));
    assert.throws(() => vault.get("a"), /locked with another key, or changed/, what);
  }
  writeFileSync(path, JSON.stringify({ b: second }));
  assert.throws(() => vault.get("b"), /locked with another key, or changed/, "handed to another machine");
  writeFileSync(path, JSON.stringify({ a: second }));
  assert.equal(vault.get("a"), KEY);
  assert.throws(() => open("f".repeat(64)).get("a"), /another key/);
  assert.throws(() => open().get("a"), /another key/);
});

test("a vault that cannot be read is not written over", async (t) => {
  const { path, open } = await places(t);
  writeFileSync(path, "{ torn");
  assert.throws(() => open(VAULT_KEY).set("a", KEY), {
    name: "BackendError",
    message: "The vault cannot be read.",
  });
  assert.equal(readFileSync(path, "utf8"), "{ torn");
});

test("the vault's own key is never in the project, and nobody else's", async (t) => {
  const { folder, open, file, config } = await places(t);
  const inside = { XDG_CONFIG_HOME: join(folder, "config") };
  assert.throws(() => open(undefined, inside).set("a", KEY), /would be in the project/);
  mkdirSync(join(config, "nanogent"));
  writeFileSync(file, VAULT_KEY, { mode: 0o600 });
  open().set("a", KEY);
  assert.equal(open(VAULT_KEY).get("a"), KEY);
  chmodSync(file, 0o644);
  assert.throws(() => open().get("a"), /not as nanogent makes it/);
  chmodSync(file, 0o600);
  writeFileSync(file, "short");
  assert.throws(() => open().get("a"), /not as nanogent makes it/);
});
