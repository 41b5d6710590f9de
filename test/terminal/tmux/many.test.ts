import assert from "node:assert/strict";
import test from "node:test";
import { TmuxServer } from "../../../src/terminal/tmux/server.ts";
import { openInTmux } from "../../../src/terminal/tmux/tmux-pty.ts";
import { temporaryFolder } from "../../fakes/folder.ts";
import { has } from "../held.ts";

test("many sessions come and go at the same time, and none takes the server along", {
  skip: !has("tmux") && "tmux is not installed",
}, async (t) => {
  const folder = await temporaryFolder(t);
  const server = new TmuxServer("many", { ...process.env, TMUX_TMPDIR: folder });
  let last = 0;
  const open = () => {
    last += 1;
    return openInTmux(server, `term-${last}`, {
      ...{ command: ["cat"], cwd: folder, env: { PATH: process.env.PATH }, columns: 80, rows: 24 },
      ...{ mark: `many-${process.pid}-${last}`, onData() {} },
    });
  };
  const someOf = () => Promise.all(Array.from({ length: 6 }, open));
  let here = await someOf();
  for (let round = 0; round < 4; round++) {
    const [next] = await Promise.all([someOf(), ...here.map((pty) => pty.kill())]);
    assert.equal((await server.sessions()).length, 6, `round ${round}`);
    here = next;
  }
  await Promise.all(here.map((pty) => pty.kill()));
  assert.deepEqual(await server.sessions(), []);
});
