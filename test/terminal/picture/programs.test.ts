import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { drawScreen } from "../../../src/terminal/picture/draw-screen.ts";
import { temporaryFolder } from "../../fakes/folder.ts";
import { openTerminal } from "../../fakes/terminal.ts";
import { draw, look, type Seen } from "./seen.ts";

const TEXT = `The first line of a file; {braces}, [brackets] & "quotes".
if (a <= b && c != d) return ~x ^ 'y' | 100% $HOME #tag @you \`z\` \\ / * - _ + = ?
SPHINX OF BLACK QUARTZ, judge my vow: 0123456789!
`;

/** A program, what shows that it is there, and what has to be on its screen. */
const PROGRAMS: readonly [command: string, ready: RegExp][] = [
  ["cat text", /judge my vow/],
  ["ls -la --color=always", /text/],
  ["less text", /judge my vow/],
  ["vim -u NONE -N +'set number laststatus=2 hlsearch' +'/QUARTZ' text", /judge my vow[\s\S]*text/],
  ["top -p 1", /PID +USER[\s\S]* 1 /],
];

for (const [command, ready] of PROGRAMS) {
  const program = command.split(" ")[0] ?? "";
  const isThere = spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
  test(`what ${program} shows can be read from the picture`, { skip: !isThere }, async (t) => {
    const cwd = await temporaryFolder(t);
    writeFileSync(join(cwd, "text"), TEXT);
    const opened = openTerminal(`sh -c '${command.replaceAll("'", '"')}; sleep 60'`, { cwd });
    t.after(() => opened.kill());
    await opened.shows(ready);
    // Both of the same moment: no output is taken in between.
    const [png, { active }] = [drawScreen(opened.terminal), opened.terminal.buffer];
    const lines = Array.from({ length: 24 }, (_, row) =>
      (active.getLine(active.baseY + row)?.translateToString() ?? "").padEnd(80),
    );
    assert.deepEqual(read(look(png), await letters()), lines);
  });
}

/** The shapes of all that a keyboard can type, in both weights. */
async function letters(): Promise<Map<string, string>> {
  const ascii = String.fromCharCode(...Array.from({ length: 95 }, (_, index) => 32 + index));
  const picture = await draw(`${ascii}\r\n\x1b[1m${ascii}`, { columns: 95, rows: 2 });
  return new Map(
    [0, 1].flatMap((row) =>
      [...ascii].map((letter, column) => [picture.shape(column, row).join("\n"), letter] as const),
    ),
  );
}

function read(picture: Seen, shapes: Map<string, string>): string[] {
  return Array.from({ length: 24 }, (_, row) =>
    Array.from(
      { length: 80 },
      (_, column) => shapes.get(picture.shape(column, row).join("\n")) ?? "\ufffd",
    ).join(""),
  );
}
