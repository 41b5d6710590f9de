import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { has } from "../terminal/held.ts";
import { until } from "../web/until.ts";
import { fromBot } from "./chats.ts";
import { terminalBridge } from "./terminal-bridge.ts";

const skip = (program: string) => !has(program) && `${program} is not installed`;

test("programs that draw the whole screen are used from the chat", async (t) => {
  const { api, ada, folder, got, running, said } = await terminalBridge(t);
  writeFileSync(
    join(folder, "long"),
    Array.from({ length: 200 }, (_, index) => `line ${index + 1}\n`).join(""),
  );
  /** Presses keys of the last message about a terminal, one after the other. */
  const press = async (name: string, ...keys: string[]): Promise<void> => {
    api.say(ada, `/screen ${name}`);
    const before = fromBot(api, ada).length;
    await until("the screen", () => fromBot(api, ada).length > before);
    const message = fromBot(api, ada).at(-1);
    assert.ok(message);
    await api.press(message, "⌨ Keys");
    await api.waitFor(
      () =>
        fromBot(api, ada)
          .find(({ messageId }) => messageId === message.messageId)
          ?.keyboard.flat()
          .some(({ text }) => text === "Esc"),
      { what: "the keys" },
    );
    for (const key of keys) await api.press(message, key);
  };
  const ended = (name: string) => said(new RegExp(`@${name}[^\\n]*\\n⏹ exit 0$`));

  await t.test("vim: writes, and leaves the shell's screen as it was", { skip: skip("vim") }, async () => {
    api.say(ada, "/term @ed echo before; vim -u NONE -N notes; echo after; read -r line");
    await said(/^🖥 term-\d+ @ed /);
    api.say(ada, "@ed ihello from the chat");
    await said(/@ed[^\n]*\nhello from the chat\n\n~\n~/);
    api.say(ada, "@ed second ä 日本\\");
    await said(/@ed[^\n]*\nhello from the chat\nsecond ä 日本\n~/);
    await press("ed", "Esc");
    api.say(ada, "@ed :wq");
    await said(/@ed[^\n]*\nbefore\nafter$/);
    assert.equal(got("notes"), "hello from the chat\nsecond ä 日本\n");
    api.say(ada, "@ed done");
    await ended("ed");
  });

  await t.test("less: goes down by the arrow keys, finds, and ends", { skip: skip("less") }, async () => {
    api.say(ada, "/term @pager less long");
    await said(/^🖥 term-\d+ @pager /);
    api.say(ada, "@pager g\\");
    await said(/@pager[^\n]*\nline 1\nline 2\n/);
    await press("pager", "↓", "↓");
    await said(/@pager[^\n]*\nline 3\nline 4\n/);
    api.say(ada, "@pager /line 150");
    await said(/@pager[^\n]*\nline 150\n/);
    api.say(ada, "@pager q\\");
    await ended("pager");
  });

  await t.test("top: shows itself, takes a key, and ends", { skip: skip("top") }, async () => {
    api.say(ada, "/term @top top -d 60");
    await said(/^🖥 term-\d+ @top /);
    api.say(ada, "/screen top");
    await said(/@top[^\n]*\ntop - [\s\S]*\n +PID USER /);
    api.say(ada, "@top q\\");
    await ended("top");
  });

  assert.deepEqual(await running(), []);
});
