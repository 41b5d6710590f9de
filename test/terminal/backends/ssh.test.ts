import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { sshHosts } from "../../../src/terminal/backends/ssh.ts";
import { processesWhere } from "../../fakes/processes.ts";
import { fingerprintOf, freePort, makeKey, noSsh } from "../../fakes/ssh-server.ts";
import { openTerminal } from "../../fakes/terminal-use.ts";
import { CLIENTS, refusal, served } from "./ssh-project.ts";

const skip = noSsh();

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

test("a machine that falls silent loses the connection, by what ssh asks it in between", {
  skip,
}, async (t) => {
  const { server, backend, folder } = await served(t);
  // The same questions, in a shorter time.
  const ssh = execFileSync("which", ["ssh"], { encoding: "utf8" }).trim();
  const hasty = `#!/bin/bash\nexec ${ssh} "\${@/ServerAliveInterval=15/ServerAliveInterval=1}"\n`;
  writeFileSync(join(folder, "ssh"), hasty, { mode: 0o755 });
  const env = { PATH: `${folder}:${process.env.PATH}`, HOME: process.env.HOME, TERM: "xterm-256color" };
  const terminal = await openTerminal(backend("web"), { command: ["sh"], env });
  await terminal.type("echo he''re\n");
  await terminal.see("here");
  server.stall();
  assert.deepEqual(await terminal.pty.exited, {
    code: undefined,
    reason: "The connection to web was lost: it has not answered for 45 seconds.",
    lost: true,
  });
});

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
