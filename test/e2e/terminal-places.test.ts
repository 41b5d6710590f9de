import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { DockerEngine, noDocker } from "../fakes/docker-engine.ts";
import { fingerprintOf, makeKey, noSsh, SshServer } from "../fakes/ssh-server.ts";
import type { Screen } from "../web/site.ts";
import { until } from "../web/until.ts";
import { shows } from "./bridge-page.ts";
import { OTHER_OWNER, terminalBridge } from "./terminal-bridge.ts";

test("wherever a terminal is, it is used in the same way, and its end is told", {
  skip: noSsh() || noDocker(),
}, async (t) => {
  const [server, engine] = await Promise.all([SshServer.start(t), new DockerEngine().start()]);
  t.after(() => engine.stop());
  await engine.importImage();
  const box = await engine.run("box");
  const made = await terminalBridge(t, {}, { DOCKER_HOST: engine.env.DOCKER_HOST ?? "" });
  const { api, ada, page, token, said, close, running, set } = made;
  await set({ NANOGENT_PERSIST: "off" });
  const address = `${server.user}@127.0.0.1:${server.port}`;
  /** Adds a machine, with a key that was given in the chat. */
  const add = async (name: string, key: string, chat = ada): Promise<void> => {
    api.say(chat, `/ssh add ${name} ${address}`);
    await said(new RegExp(`^${name} is added\\.`), chat);
    api.say(chat, `/ssh key ${name}`);
    await said(/^🔑 Your next message is the private key/, chat);
    api.say(chat, readFileSync(key, "utf8"));
    await said(new RegExp(`^🔑 The key for ${name} is stored`), chat);
  };
  const open = (where: string, command: string) =>
    page.call("POST", "/v1/sessions", { token, body: { where, command } });
  const ended = async (screen: Screen): Promise<object> => {
    await until("the end", () => screen.last("ended") !== undefined, 20_000);
    const { code, lost, reason } = screen.last("ended") ?? {};
    return { code, lost, reason };
  };

  await t.test("a key that is not let in, and one that is", async () => {
    const bob = api.privateChat(OTHER_OWNER, { firstName: "Bob" });
    await Promise.all([
      add("wrong", makeKey(server.folder, "stranger")),
      add("web", server.allowedKey("mine"), bob),
    ]);
    api.say(ada, "/term ssh:wrong");
    const question = await said(/^First connection to wrong /);
    assert.ok(question.text.includes(fingerprintOf(join(server.folder, "first"))));
    await api.press(question, "✅ Yes");
    await said(/^wrong: the machine does not let us in/);
    api.say(bob, "/term ssh:web exec true");
    await said(/^🖥 term-\d+ · ssh:web exec true\n✅ exit 0$/, bob);
  });

  for (const where of ["host", "ssh:web", "docker:box"]) {
    await t.test(`${where}: typing, size, colours, exit code, and its end by hand`, async () => {
      const id = await page.openTerminal(token, "exec sh", { where, columns: 91, rows: 31 });
      const screen = await page.attach(token, id, { columns: 91, rows: 31 });
      screen.type("stty size; echo $TERM\r");
      await shows(screen, /31 91\r\nxterm-256color\r\n/);
      screen.say({ type: "resize", columns: 120, rows: 40 });
      await until("the size", () => screen.last("size")?.columns === 120);
      screen.type("sleep 0.3; stty size\r");
      await shows(screen, "40 120\r\n");
      screen.type("printf '\\033[38;5;200mpink\\033[m\\n'; exit 7\r");
      await shows(screen, "\x1b[38;5;200mpink\x1b[m");
      assert.deepEqual(await ended(screen), { code: 7, lost: false, reason: null });
      const other = await page.openTerminal(token, "trap '' HUP TERM; sleep 1000", { where });
      const watching = await page.attach(token, other);
      assert.equal((await close(other)).status, 200);
      const { lost } = (await ended(watching)) as { lost: boolean };
      assert.equal(lost, false);
    });
  }

  await t.test("a machine that is lost, and one that has another key by now", async () => {
    const id = await page.openTerminal(token, "echo here; exec sh", { where: "ssh:web" });
    const screen = await page.attach(token, id);
    await shows(screen, "here");
    await server.kill();
    const reason = "The connection to web was lost: the machine has closed it.";
    assert.deepEqual(await ended(screen), { code: null, lost: true, reason });
    assert.equal((await open("ssh:web", "true")).status, 409);
    server.newHostKey("second");
    await server.up();
    const refused = await open("ssh:web", "true");
    assert.equal(refused.status, 409);
    assert.match(JSON.stringify(refused.json), /another host key than before/);
  });

  await t.test("a container that is gone", async () => {
    const id = await page.openTerminal(token, "echo here; exec sh", { where: "docker:box" });
    const screen = await page.attach(token, id);
    await shows(screen, "here");
    await engine.engine.call("DELETE", `/containers/${box}?force=1`);
    const reason = "The container box was stopped, removed or started anew.";
    assert.deepEqual(await ended(screen), { code: null, lost: true, reason });
    const gone = await open("docker:box", "true");
    assert.equal(gone.status, 409);
    assert.match(JSON.stringify(gone.json), /There is no container box\./);
  });

  assert.deepEqual(await running(), []);
});
