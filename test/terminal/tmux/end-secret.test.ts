import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { TmuxServer } from "../../../src/terminal/tmux/server.ts";
import { openInTmux } from "../../../src/terminal/tmux/tmux-pty.ts";
import { temporaryFolder } from "../../fakes/folder.ts";
import { until } from "../../web/until.ts";
import { has } from "../held.ts";

test("what tells the end of a program is in no arguments, which others can read, and not in its environment", {
  skip: !has("tmux") && "tmux is not installed",
}, async (t) => {
  const folder = await temporaryFolder(t);
  const server = new TmuxServer("secret", { ...process.env, TMUX_TMPDIR: folder });
  let all = "";
  const heard = (chunk: Buffer): void => {
    all += chunk;
  };
  const command = ["sh", "-c", "env; echo $PPID; read line; exit 7"];
  const pty = await openInTmux(server, "term-1", {
    ...{ command, cwd: folder, env: { PATH: process.env.PATH }, columns: 200, rows: 24 },
    ...{ mark: `secret-${process.pid}`, onData: (chunk: Buffer) => heard(chunk) },
  });
  await until("the wrapper's number", () => /^\d+\r\n/m.test(all));
  const secret = (await server.command(["show-options", "-v", "-t", "=term-1:", "@nanogent-secret"])).trim();
  assert.match(secret, /^[0-9a-f]{24}$/);
  const wrapper = /^(\d+)\r\n/m.exec(all)?.[1];
  const args = readFileSync(`/proc/${wrapper}/cmdline`, "utf8");
  assert.ok(args.includes("printf") && !args.includes(secret), args);
  assert.ok(!all.includes(secret), all);
  await pty.write(Buffer.from("\r"));
  assert.equal((await pty.exited).code, 7);
});
