import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { HeldSession } from "../../../src/terminal/terminal-session.ts";
import { TmuxServer } from "../../../src/terminal/tmux/server.ts";
import { findInTmux, openInTmux } from "../../../src/terminal/tmux/tmux-pty.ts";
import { temporaryFolder } from "../../fakes/folder.ts";
import { until } from "../../web/until.ts";
import { has } from "../held.ts";
import { SIZE, seen } from "../same-screen.ts";
import { SEQUENCES } from "../screen-sequences.ts";

/**
 * What tmux tells. It does not tell of backgrounds behind the end of a line, overlines, in which colours the program goes
 * on, the saved cursor, tab stops, line drawing that goes on, focus reports, and a cursor that waits behind a full line;
 * and it has its own mind about halves of wide characters, joined emoji, columns, the soft reset and what scrolls out of a
 * region.
 */
const TOLD = [
  ...["reverse index at top of region", "reverse index above the region", "origin mode", "insert chars"],
  ...[
    "delete chars",
    "erase chars",
    "wide at the edge",
    "tabs",
    "back tabs",
    "line drawing",
    "save and restore",
  ],
  ...["a region of the alternate screen", "no autowrap", "256 colours", "true colour", "bright colours"],
  ...["bold after dim", "bold after dim, coloured", "all E"],
  ...["Hebrew, Thai, Devanagari", "a line inserted into a wrapped one", "reverse index below scrollback"],
];

function empty(): HeldSession {
  return new HeldSession({
    id: "a",
    name: "a",
    label: "",
    where: "host",
    createdAt: 0,
    ...SIZE,
    now: Date.now,
  });
}

test("what a bridge that starts anew finds in tmux is what the first one has seen, as far as tmux tells", {
  skip: !has("tmux") && "tmux is not installed",
}, async (t) => {
  const folder = await temporaryFolder(t);
  const env = { PATH: process.env.PATH, HOME: folder, LANG: "C.UTF-8", TMUX_TMPDIR: folder };
  const server = new TmuxServer(`test-${process.pid}`, env);
  const cases = SEQUENCES.filter(([what]) => TOLD.includes(what));
  assert.equal(cases.length, TOLD.length);
  await Promise.all(
    cases.map(async ([what, output, afterwards = ""], index) => {
      const [id, mark] = [`s-${index}`, `test-${process.pid}-${index}`];
      writeFileSync(join(folder, id), output);
      const [first, second] = [empty(), empty()];
      const looks = async (): Promise<unknown[]> => {
        await Promise.all([first.screen.settled(), second.screen.settled()]);
        return [seen(second.screen.terminal), seen(first.screen.terminal)];
      };
      const command = ["sh", "-c", `stty raw -echo; cat ${id}; exec cat`];
      const request = { mark, cwd: folder, env, ...SIZE, command };
      await openInTmux(server, id, { ...request, onData: (chunk) => first.output(chunk) });
      const length = Buffer.byteLength(output);
      await until(what, () => first.position === length);
      const found = await findInTmux(server, id, { mark, onData: (chunk) => second.output(chunk) });
      second.output(found.shown);
      const [again, before] = await looks();
      const { position } = second;
      const more = Buffer.from(`\x1b[m${afterwards}`);
      // The first one's bridge is gone by then. `cat` gives back what it gets.
      await found.pty.write(more);
      first.output(more);
      await until(`${what}, later`, () => second.position === position + more.length);
      const [later, sooner] = await looks();
      await found.pty.kill();
      for (const { screen } of [first, second]) screen.dispose();
      assert.deepEqual(again, before, what);
      assert.deepEqual(later, sooner, `${what}, later`);
    }),
  );
});
