import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { sshBackend } from "../../../src/terminal/backends/ssh.ts";
import { temporaryFolder } from "../../fakes/folder.ts";
import { noSsh } from "../../fakes/ssh-server.ts";
import { has } from "../held.ts";
import { keptTerminals } from "../kept.ts";
import { served } from "./ssh-project.ts";

const skip = noSsh() || (!has("tmux") && "tmux is not installed");

test("kept over SSH: what the other end tells of its end is told after a restart too", {
  skip,
}, async (t) => {
  const { server, backend } = await served(t);
  const web = backend("web");
  assert.equal(await web.canKeep(), true);
  assert.equal(await (await served(t, "ssh2")).backend("web").canKeep(), false);
  type Row = [end: string, exit: object];
  const rows: Row[] = [
    ["exit 255", { code: 255 }],
    ["kill -9 $$", { code: undefined, reason: "The program was ended by a signal." }],
    [
      "",
      {
        code: undefined,
        reason: "The connection to web was lost: the machine has closed it.",
        lost: true,
      },
    ],
  ];
  for (const [end, exit] of rows) {
    const { open, again } = await keptTerminals(t);
    const terminal = await open(web, { command: ["sh"] });
    await terminal.type("X=kept; stty size\n");
    await terminal.see("31 91");
    const next = await again(web, terminal);
    await next.pty.resize(120, 40);
    await next.type("echo $X-still; stty size\n");
    await next.see("kept-still");
    await next.see("40 120");
    if (end === "") await server.kill();
    else await next.type(`${end}\n`);
    assert.deepEqual(await next.pty.exited, exit, end);
  }
});

test("a bridge that ends while a key is confirmed: the next one goes on, with the pasted key, which is gone then", {
  skip,
}, async (t) => {
  const { server, backend, add, options } = await served(t);
  const { TMPDIR } = process.env;
  const tmp = await temporaryFolder(t);
  process.env.TMPDIR = tmp;
  t.after(() => {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  });
  add("pasted");
  options.vault.set("pasted", readFileSync(server.allowedKey("vault-key"), "utf8"));
  const { open, again, keep } = await keptTerminals(t);
  const agents = () => readdirSync(tmp).filter((name) => name.startsWith("nanogent-agent-"));
  let asked = () => {};
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const confirm = () => {
    asked();
    return new Promise<boolean>(() => {});
  };
  void open(sshBackend("pasted", { ...options, confirm }), { command: ["sh"] }).catch(() => {});
  await isAsked;
  const terminal = await again(backend("pasted"));
  await terminal.see("continue connecting");
  assert.equal(agents().length, 1, "the agent waits as well");
  await terminal.type("yes\n");
  await terminal.type("echo in''side\n");
  await terminal.see("inside");
  await terminal.type("exit 3\n");
  assert.deepEqual(await terminal.pty.exited, { code: 3 });
  assert.deepEqual(agents(), []);
  assert.ok(existsSync(join(keep.folder, "log")));
});
