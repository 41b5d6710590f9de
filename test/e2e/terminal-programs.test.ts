import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { ChatRef } from "../fakes/bot-api.ts";
import { has } from "../terminal/held.ts";
import { until } from "../web/until.ts";
import { fromBot } from "./chats.ts";
import { OTHER_OWNER, terminalBridge } from "./terminal-bridge.ts";

const skip = (program: string) => !has(program) && `${program} is not installed`;

test("programs that draw the whole screen are used from the chat", async (t) => {
  const { api, ada, folder, got, running, said } = await terminalBridge(t);
  writeFileSync(
    join(folder, "long"),
    Array.from({ length: 200 }, (_, index) => `line ${index + 1}\n`).join(""),
  );
  // A chat takes about one message a second, so that each program has one of its own.
  const bob = api.privateChat(OTHER_OWNER, { firstName: "Bob" });
  /** Presses keys of the last message about a terminal, one after the other. */
  const press = async (chat: ChatRef, name: string, ...keys: string[]): Promise<void> => {
    api.say(chat, `/screen ${name} text`);
    const before = fromBot(api, chat).length;
    await until("the screen", () => fromBot(api, chat).length > before);
    const message = fromBot(api, chat).at(-1);
    assert.ok(message);
    await api.press(message, "⌨ Keys");
    await api.waitFor(
      () =>
        fromBot(api, chat)
          .find(({ messageId }) => messageId === message.messageId)
          ?.keyboard.flat()
          .some(({ text }) => text === "Esc"),
      { what: "the keys" },
    );
    for (const key of keys) await api.press(message, key);
  };
  const ended = (name: string, chat = ada) => said(new RegExp(`@${name}[^\\n]*\\n✅ exit 0$`), chat);

  await t.test("vim: writes, and leaves the shell's screen as it was", { skip: skip("vim") }, async () => {
    api.say(ada, "/term @ed echo before; vim -u NONE -N notes; echo after; read -r line");
    await said(/^🖥 term-\d+ @ed /);
    api.say(ada, "@ed ihello from the chat");
    await said(/@ed[^\n]*\nhello from the chat\n\n~\n~/);
    api.say(ada, "@ed second ä 日本\\");
    await said(/@ed[^\n]*\nhello from the chat\nsecond ä 日本\n~/);
    await press(ada, "ed", "Esc");
    api.say(ada, "@ed :wq");
    await said(/@ed[^\n]*\nbefore\nafter$/);
    assert.equal(got("notes"), "hello from the chat\nsecond ä 日本\n");
    api.say(ada, "@ed done");
    await ended("ed");
  });

  await t.test("less: goes down by the arrow keys, finds, and ends", { skip: skip("less") }, async () => {
    api.say(bob, "/term @pager less long");
    await said(/^🖥 term-\d+ @pager /, bob);
    api.say(bob, "@pager g\\");
    await said(/@pager[^\n]*\nline 1\nline 2\n/, bob);
    await press(bob, "pager", "↓", "↓");
    await said(/@pager[^\n]*\nline 3\nline 4\n/, bob);
    api.say(bob, "@pager /line 150");
    await said(/@pager[^\n]*\nline 150\n/, bob);
    api.say(bob, "@pager q\\");
    await ended("pager", bob);
  });

  await t.test("top: shows itself, takes a key, and ends", { skip: skip("top") }, async () => {
    api.say(ada, "/term @top top -d 60");
    await said(/^🖥 term-\d+ @top /);
    const shown = /@top[^\n]*\ntop - [\s\S]*\n +PID USER /;
    for (let tries = 0; tries < 30 && !fromBot(api, ada).some(({ text }) => shown.test(text)); tries++) {
      api.say(ada, "/screen top text");
      await sleep(300);
    }
    await said(shown);
    api.say(ada, "@top q\\");
    await ended("top");
  });

  assert.deepEqual(await running(), []);
});
