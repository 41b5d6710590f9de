import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { drawScreen } from "../../src/terminal/picture/draw-screen.ts";
import type { SeenMessage } from "../fakes/bot-api/view.ts";
import { look, terminalWith } from "../terminal/picture/seen.ts";
import { fromBot } from "./chats.ts";
import { HAS_TMUX, SHELL, terminals } from "./terminal-project.ts";

const SIZE = { columns: 80, rows: 24 };

test("/screen is a picture that is refreshed, typed into, followed, and shows the end", async (t) => {
  const { api, ada, start, until, replyTo } = await terminals(t);
  await start();
  const pictures = (): SeenMessage[] => fromBot(api, ada).filter(({ document }) => document);
  /** The picture, as soon as it shows this and says that. */
  const showing = async (text: string, caption: RegExp, buttons: string): Promise<SeenMessage> => {
    const png = drawScreen(await terminalWith(text, SIZE));
    const fits = (each: SeenMessage): boolean =>
      each.document?.bytes.equals(png) === true &&
      caption.test(each.text) &&
      each.keyboard.some((row) => row.some((button) => button.text === buttons));
    return api.waitFor(() => pictures().find(fits), {
      what: `${JSON.stringify(text)} ${caption} ${buttons}`,
    });
  };

  api.say(ada, "/term stty -echo; printf 'hello \\033[31mred\\033[m\\n'; exec cat");
  await until(/^🖥 term-1/);
  const plain = /^🖥 term-1 · stty[^\n]*$/;
  const live = /…\n▶ Live until \d\d:\d\d$/;
  let screen = "hello \x1b[31mred\x1b[m\r\n";
  await sleep(500);
  api.say(ada, "/screen");
  const picture = await showing(screen, plain, "▶ Live");
  const { width, height, at, shape } = look(picture.document?.bytes ?? Buffer.of());
  assert.deepEqual([width, height], [1312, 800]);
  assert.ok(
    shape(0, 0).some((row) => row.includes("#")),
    "the h of hello",
  );
  const cell = Array.from({ length: 16 * 32 }, (_, index) =>
    at(16 + 6 * 16 + (index % 16), 16 + (index >> 4)),
  );
  assert.ok(
    cell.some((colour) => colour >> 16 > 150 && (colour & 0xff) < 150),
    "the r of red is red",
  );

  replyTo(picture, "one");
  screen += "one\r\n";
  await until(/^🖥 term-1[^\n]*\nhello red\none$/);
  assert.equal((await api.press(picture, "🔄 Refresh"))?.text, "Up to date.");
  await showing(screen, plain, "▶ Live");

  await api.press(picture, "⌨ Keys");
  await showing(screen, plain, "Esc");
  for (const key of ["y", "⏎ Enter"]) await api.press(picture, key);
  screen += "y\r\n";
  await showing(screen, plain, "Esc");
  await api.press(picture, "⌃ Fewer");
  await showing(screen, plain, "✖ Close");

  assert.equal((await api.press(picture, "▶ Live"))?.text, "Live for 5 minutes.");
  await showing(screen, live, "⏹ Stop live");
  replyTo(picture, "two");
  screen += "two\r\n";
  await showing(screen, live, "⏹ Stop live");
  assert.equal((await api.press(picture, "⏹ Stop live"))?.text, "Not live any more.");
  await showing(screen, plain, "▶ Live");

  await api.press(picture, "✖ Close");
  await showing(screen, /…\nClose it\? Its program is ended\.$/, "✖ Close it");
  await api.press(picture, "Leave it");
  await showing(screen, plain, "▶ Live");
  await api.press(picture, "🔤 Text");
  const text = await until(/^🖥 term-1[^\n]*\nhello red\none\ny\ntwo$/);
  await api.press(text, "📷 Picture");
  await api.waitFor(() => pictures().length === 2, { what: "another picture" });

  await api.press(picture, "▶ Live");
  await showing(screen, live, "⌨ Keys");
  await api.press(picture, "⌨ Keys");
  await showing(screen, live, "^D");
  await api.press(picture, "^D");
  await api.waitFor(
    () => pictures().some((each) => /…\n✅ exit 0$/.test(each.text) && each.keyboard.length === 0),
    {
      what: "its end",
    },
  );
  assert.equal((await api.press(picture, "🔄 Refresh", { stale: true }))?.text, "term-1: exit 0");
  assert.deepEqual(
    api.calls("editMessageText").filter(({ params }) => params.message_id === picture.messageId),
    [],
  );
  assert.deepEqual(api.violations, []);
});

test("watches go on after the bridge was killed: what came meanwhile is told, once and with a sound", {
  skip: !HAS_TMUX && "tmux is not installed",
}, async (t) => {
  const { api, ada, folder, start, until, replyTo } = await terminals(t, { NANOGENT_PERSIST: "tmux" });
  const bridge = await start();
  api.say(ada, `/term ${SHELL}`);
  const opened = await until(/^🖥 term-1/);
  replyTo(opened, "echo it has pas'sed'");
  await until(/^it has passed$/m);
  const said = async (words: string, count: number): Promise<void> => {
    api.say(ada, words);
    const heard = () =>
      fromBot(api, ada).filter(({ text }) => text.startsWith("👁 You are told once when ")).length;
    await api.waitFor(() => heard() === count, { what: words });
  };
  await said("/watch term-1 passed", 1);
  await said("/watch term-1 exit", 2);
  await said("/watch term-1 failed", 3);
  replyTo(opened, "sleep 2; echo pas'sed' again; read; exit 4");
  await until(/^\$ sleep 2; echo/m);
  await bridge.kill();
  await sleep(2_000);
  const next = await start();
  const told = /^🖥 term-1[^\n]*\n👁 “passed” has appeared\.$/;
  await until(told);
  const call = api.calls("sendMessage").find(({ params }) => told.test(String(params.text)));
  assert.ok(call && call.params.disable_notification === undefined);
  assert.equal(await next.stop(), 0);
  const { sessions } = JSON.parse(readFileSync(join(folder, ".nanogent", "terminals.json"), "utf8"));
  assert.deepEqual(
    sessions[0].watches.map((watch: { for: object }) => watch.for),
    [{ kind: "exit" }, { kind: "text", text: "failed" }],
  );
  await start();
  replyTo(opened, "go");
  await until(/^🖥 term-1[^\n]*\n❌ exit 4$/);
  const all = fromBot(api, ada).map(({ text }) => text);
  assert.equal(all.filter((text) => told.test(text)).length, 1);
  const ends = () => fromBot(api, ada).filter(({ text }) => /❌ exit 4/.test(text)).length;
  await api.waitFor(() => ends() === 2, { what: "its card, and a message for it" });
  assert.deepEqual(api.violations, []);
});
