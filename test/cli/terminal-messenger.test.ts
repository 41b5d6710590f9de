import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import test from "node:test";
import type { Button } from "../../src/chat/messenger.ts";
import { TerminalMessenger } from "../../src/cli/terminal-messenger.ts";
import { TerminalScreen } from "../../src/cli/terminal-screen.ts";
import { plain } from "../../src/text/entities.ts";

test("buttons are numbers, links are written out, and pages are left out", async () => {
  const cases: [buttons: Button[], row: string][] = [
    [[{ text: "Go", data: "go:1" }], "[1] Go"],
    [[{ text: "Open", app: "https://a.b/" }], ""],
    [
      [
        { text: "Open", url: "https://t.me/bot?start=x" },
        { text: "Go", data: "go:1" },
      ],
      "[1] Go   Open: https://t.me/bot?start=x",
    ],
  ];
  for (const [buttons, row] of cases) {
    const stdout = new PassThrough();
    const screen = new TerminalScreen({
      ...{ folder: "/", env: {}, stdin: new PassThrough(), stdout, stderr: new PassThrough() },
    });
    const messenger = new TerminalMessenger({ screen, fileFolder: "/", redact: (text) => text });
    await messenger.send({ chatId: 1 }, { text: plain("Hello"), buttons: [buttons] });
    assert.deepEqual(String(stdout.read()).trim().split("\n"), ["Hello", ...(row === "" ? [] : [row])]);
  }
});
