import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type AddedHost, addedHosts } from "../../../src/terminal/backends/added-hosts.ts";
import { openKeyVault } from "../../../src/terminal/backends/key-vault.ts";
import { type SshOptions, sshBackend, sshHosts } from "../../../src/terminal/backends/ssh.ts";
import { BackendError } from "../../../src/terminal/pty.ts";
import { temporaryFolder } from "../../fakes/folder.ts";
import { processesWhere } from "../../fakes/processes.ts";
import { openScriptPty } from "../../fakes/script-pty.ts";
import { fingerprintOf, freePort, makeKey, noSsh, SshServer } from "../../fakes/ssh-server.ts";
import { openTerminal } from "../../fakes/terminal-use.ts";

const skip = noSsh();
type Client = SshOptions["client"];
const CLIENTS: readonly Client[] = ["openssh", "ssh2"];
const VAULT_KEY = "0123456789abcdef".repeat(4);

/** A project with machines of its own, and a user whose configuration names `web` at the server. */
async function project(t: TestContext, server: { port: number; user: string }, key: string, client: Client) {
  // Names that have to be quoted on their way to ssh.
  const folder = await temporaryFolder(t);
  const asked: string[] = [];
  const answers: boolean[] = [];
  const configFile = join(folder, "config");
  writeFileSync(
    configFile,
    [
      "Host *",
      `  UserKnownHostsFile ${join(folder, "users-known-hosts")}`,
      "Host web other-*",
      `  HostName 127.0.0.1\n  Port ${server.port}\n  User ${server.user}`,
      `  IdentityFile ${key}\n  IdentitiesOnly yes`,
    ].join("\n"),
  );
  const hostsFile = join(folder, "ssh-hosts.json");
  const options: SshOptions = {
    hostsFile,
    knownHosts: join(folder, 'known "100%" hosts'),
    vault: openKeyVault({ path: join(folder, "keys.json"), folder, vaultKey: VAULT_KEY, env: {} }),
    confirm: async (question) => {
      asked.push(question);
      return answers.shift() ?? true;
    },
    openPty: openScriptPty,
    client,
    configFile,
  };
  const add = (name: string, host: Partial<AddedHost> = {}) =>
    addedHosts(hostsFile).set(name, { host: "127.0.0.1", port: server.port, user: server.user, ...host });
  return { folder, options, asked, answers, add, backend: (name: string) => sshBackend(name, options) };
}

async function served(t: TestContext, client: Client = "openssh") {
  const server = await SshServer.start(t);
  const key = server.allowedKey("users-key");
  return { server, key, ...(await project(t, server, key, client)) };
}

const refusal = (message: RegExp, hint: RegExp) => (error: unknown) => {
  assert.ok(error instanceof BackendError, String(error));
  assert.match(error.message, message);
  assert.match(error.hint ?? "", hint);
  return true;
};

for (const client of CLIENTS) {
  test(`${client}: over SSH: typing, size, colours, exit code; the host key is asked for once`, {
    skip,
  }, async (t) => {
    const { server, asked, backend, options, folder } = await served(t, client);
    const terminal = await openTerminal(backend("web"), { command: ["sh"] });
    assert.equal(asked.length, 1);
    const fingerprint = fingerprintOf(join(server.folder, "first"));
    assert.ok(asked[0]?.includes(`ED25519 ${fingerprint}`), asked[0]);
    await terminal.type("stty size; echo $TERM-$SSH_TTY\n");
    await terminal.see("31 91");
    await terminal.see("xterm-256color-/dev/");
    await terminal.pty.resize(120, 40);
    await terminal.type("sleep 0.2; stty size\n");
    await terminal.see("40 120");
    await terminal.type("printf '\\033[31mr\\303\\244d\\033[0m\\n'\n");
    await terminal.see("\u001b[31mr\u00c3\u00a4d\u001b[0m");
    await terminal.type("exit 7\n");
    assert.deepEqual(await terminal.pty.exited, { code: 7 });
    assert.equal(statSync(options.knownHosts).mode & 0o777, 0o600);
    assert.ok(!readdirSync(folder).includes("users-known-hosts"), "the user's own file stays as it was");
    const again = await openTerminal(backend("web"), { command: ["echo", "it's", "$HOME;", ""] });
    assert.deepEqual(await again.pty.exited, { code: 0 });
    await again.see("it's $HOME;");
    assert.equal(asked.length, 1, "it is known now");
  });
}

test("without a command it is the user's shell there", { skip }, async (t) => {
  const terminal = await openTerminal((await served(t)).backend("web"));
  await terminal.type("echo lev''el-$SHLVL; exit 3\n");
  await terminal.see("level-1");
  assert.deepEqual(await terminal.pty.exited, { code: 3 });
});

for (const client of CLIENTS) {
  test(`${client}: a program's own 255 and its death by a signal are no lost connection`, {
    skip,
  }, async (t) => {
    const { backend } = await served(t, client);
    const own = await openTerminal(backend("web"), { command: ["sh", "-c", "exit 255"] });
    assert.deepEqual(await own.pty.exited, { code: 255 });
    const killed = await openTerminal(backend("web"), { command: ["sh", "-c", "kill -9 $$"] });
    assert.deepEqual(await killed.pty.exited, {
      code: undefined,
      reason: "The program was ended by a signal.",
    });
  });
}

for (const client of CLIENTS) {
  test(`${client}: a server that is killed loses the connection`, { skip }, async (t) => {
    const { server, backend } = await served(t, client);
    const terminal = await openTerminal(backend("web"), { command: ["sh"] });
    await terminal.type("echo he''re\n");
    await terminal.see("here");
    await server.kill();
    assert.deepEqual(await terminal.pty.exited, {
      code: undefined,
      reason: "The connection to web was lost: the machine has closed it.",
      lost: true,
    });
    await server.up();
    const again = await openTerminal(backend("web"), { command: ["true"] });
    assert.deepEqual(await again.pty.exited, { code: 0 });
  });
}

for (const client of CLIENTS) {
  test(`${client}: ended with what runs in it`, { skip }, async (t) => {
    const { backend, folder } = await served(t, client);
    const terminal = await openTerminal(backend("web"), { command: ["sh"] });
    await terminal.type(`cd ${folder}; echo st''arted; sleep 555\n`);
    await terminal.see("started");
    const here = () => processesWhere((cwd) => cwd === folder).length;
    assert.ok(here() > 0);
    await terminal.pty.kill();
    assert.notEqual((await terminal.pty.exited).lost, true);
    for (let tries = 0; here() > 0 && tries < 500; tries++) await sleep(10);
    assert.equal(here(), 0);
  });
}

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

test("what cannot be opened is told, with what to do", { skip }, async (t) => {
  const { server, backend, add, options } = await served(t);
  add("wrong-key", { keyFile: makeKey(server.folder, "stranger") });
  add("closed", { port: await freePort() });
  add("nowhere", { host: "nowhere.invalid" });
  const cases: [string, RegExp, RegExp][] = [
    ["wrong-key", /^wrong-key: the machine does not let us in \(it takes: publickey\)/, /authorized_keys/],
    ["closed", /^closed: nothing answers at this port/, /port/],
    ["nowhere", /^nowhere: there is no machine of this name/, /address/],
  ];
  for (const [name, message, hint] of cases)
    await assert.rejects(openTerminal(backend(name)), refusal(message, hint));
  assert.deepEqual(sshHosts(options), ["closed", "nowhere", "wrong-key", "web"]);
});

test("failure 26: a name is no option, no command and no pattern", { skip }, async (t) => {
  const { backend, folder } = await served(t);
  const names = [
    `-oProxyCommand=touch ${folder}/owned`,
    `web;touch ${folder}/owned`,
    `$(touch ${folder}/owned)`,
    "other-1",
    "*",
    "we",
    "",
    "web\n",
    "root@127.0.0.1",
  ];
  for (const name of names) await assert.rejects(openTerminal(backend(name)), /There is no machine/, name);
  assert.ok(!readdirSync(folder).includes("owned"));
});

test("a key of the vault opens it, and is nowhere in clear", { skip }, async (t) => {
  const { server, backend, add, options, folder } = await served(t);
  const key = readFileSync(server.allowedKey("vault-key"), "utf8");
  add("by-vault");
  // As it comes from a phone.
  options.vault.set("by-vault", `  ${key.trim().replaceAll("\n", "\r\n")}`);
  const before = agents();
  const terminal = await openTerminal(backend("by-vault"), { command: ["sh"] });
  assert.equal(agents().length, before.length + 1);
  await terminal.type("echo $SSH_AUTH_SOCK-; exit\n");
  await terminal.see(/[#$] -\r/);
  assert.deepEqual(await terminal.pty.exited, { code: 0 });
  assert.deepEqual(agents(), before);
  const secret = key.split("\n")[2] ?? "";
  for (const name of readdirSync(folder))
    assert.ok(!readFileSync(join(folder, name), "latin1").includes(secret), name);
  options.vault.set("by-vault", "no key at all");
  await assert.rejects(openTerminal(backend("by-vault")), refusal(/no private key/, /passphrase/));
  assert.deepEqual(agents(), before);
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
