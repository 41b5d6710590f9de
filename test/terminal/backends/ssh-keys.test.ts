import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { temporaryFolder } from "../../fakes/folder.ts";
import { freePort, makeKey, noSsh } from "../../fakes/ssh-server.ts";
import { openTerminal } from "../../fakes/terminal-use.ts";
import { CLIENTS, refusal, served } from "./ssh-project.ts";

const skip = noSsh();

for (const client of CLIENTS) {
  test(`${client}: a changed host key is refused and explained; the right one works again`, {
    skip,
  }, async (t) => {
    const { server, backend, asked } = await served(t, client);
    const first = await openTerminal(backend("web"), { command: ["true"] });
    await first.pty.exited;
    const fingerprint = server.newHostKey("second");
    await server.kill();
    await server.up();
    await assert.rejects(
      openTerminal(backend("web")),
      refusal(
        new RegExp(`another host key than before \\(ED25519 ${fingerprint.replace(/[+/]/g, ".")}\\)`),
        /line 1 of .*known "100%" hosts/,
      ),
    );
    assert.equal(asked.length, 1, "nobody can confirm it by habit");
  });
}

for (const client of CLIENTS) {
  test(`${client}: a host key that is not confirmed: nothing is sent, nothing is noted`, {
    skip,
  }, async (t) => {
    const { backend, answers, asked, options } = await served(t, client);
    answers.push(false);
    await assert.rejects(openTerminal(backend("web")), refusal(/not confirmed/, /ssh-keygen -lf/));
    assert.equal(existsSync(options.knownHosts) ? readFileSync(options.knownHosts, "utf8") : "", "");
    const next = await openTerminal(backend("web"), { command: ["true"] });
    await next.pty.exited;
    assert.equal(asked.length, 2);
  });
}

test("a key of the vault opens it, and is nowhere in clear", { skip }, async (t) => {
  const { server, backend, add, options, folder } = await served(t);
  const key = readFileSync(server.allowedKey("vault-key"), "utf8");
  add("by-vault");
  // Agents of other tests lie elsewhere.
  const { TMPDIR } = process.env;
  process.env.TMPDIR = await temporaryFolder(t);
  t.after(() => {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  });
  // As it comes from a phone.
  options.vault.set("by-vault", `  ${key.trim().replaceAll("\n", "\r\n")}`);
  const terminal = await openTerminal(backend("by-vault"), { command: ["sh"] });
  assert.equal(agents().length, 1);
  await terminal.type("echo $SSH_AUTH_SOCK-; exit\n");
  await terminal.see(/[#$] -\r/);
  assert.deepEqual(await terminal.pty.exited, { code: 0 });
  assert.deepEqual(agents(), []);
  const secret = key.split("\n")[2] ?? "";
  for (const name of readdirSync(folder))
    assert.ok(!readFileSync(join(folder, name), "latin1").includes(secret), name);
  options.vault.set("by-vault", "no key at all");
  await assert.rejects(openTerminal(backend("by-vault")), refusal(/no private key/, /passphrase/));
  assert.deepEqual(agents(), []);
});

test("ssh2: keys of the vault and wrong keys", { skip }, async (t) => {
  const { server, backend, add, options } = await served(t, "ssh2");
  add("by-vault");
  options.vault.set("by-vault", readFileSync(server.allowedKey("vault-key"), "utf8"));
  const terminal = await openTerminal(backend("by-vault"), { command: ["sh", "-c", "echo it''s"] });
  await terminal.see("its");
  assert.deepEqual(await terminal.pty.exited, { code: 0 });
  add("wrong-key", { keyFile: makeKey(server.folder, "stranger") });
  await assert.rejects(openTerminal(backend("wrong-key")), refusal(/does not let us in/, /another key/));
  add("closed", { port: await freePort() });
  await assert.rejects(openTerminal(backend("closed")), refusal(/nothing answers/, /./));
});

test("a passphrase is asked for in the terminal", { skip }, async (t) => {
  const { server, backend, add } = await served(t);
  add("locked", { keyFile: server.allowedKey("locked-key", "open sesame") });
  const terminal = await openTerminal(backend("locked"), { command: ["sh"] });
  await terminal.see("Enter passphrase for key");
  await terminal.type("open sesame\n");
  await terminal.see(/[#$] $/);
  await terminal.type("echo in''side; exit 4\n");
  await terminal.see("inside");
  assert.deepEqual(await terminal.pty.exited, { code: 4 });
});

/** Folders with the sockets of agents. */
function agents(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith("nanogent-agent-"));
}
