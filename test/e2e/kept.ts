import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { SeenMessage } from "../fakes/bot-api/view.ts";
import type { BotApi, ChatRef } from "../fakes/bot-api.ts";
import { commandOf, processesWhere } from "../fakes/processes.ts";
import { fromBot } from "./chats.ts";

export { OWNER, project, run } from "./project.ts";

/** A shell that says the same on every machine. */
export const SHELL = "PS1='$ ' exec bash --norc --noprofile";

/** Why nothing can be kept here; false when it can. */
export function noTmux(): string | false {
  try {
    execFileSync("tmux", ["-V"]);
    return false;
  } catch {
    return "tmux is not installed";
  }
}

/** What a terminal shows, as the chat tells it. */
export async function screenOf(api: BotApi, chat: ChatRef, name: string): Promise<string> {
  const { length } = fromBot(api, chat);
  api.say(chat, `/screen ${name} text`);
  const isIt = ({ text }: SeenMessage) => new RegExp(`^🖥 term-\\d+ @${name} `).test(text);
  const shown = await api.waitFor(() => fromBot(api, chat).slice(length).find(isIt), {
    what: `the screen of ${name}`,
  });
  return shown.text;
}

/** Resolves when a terminal shows this. */
export async function untilShown(api: BotApi, chat: ChatRef, name: string, what: RegExp): Promise<void> {
  let shown = "";
  for (let tries = 0; tries < 20; tries++) {
    shown = await screenOf(api, chat, name);
    if (what.test(shown)) return;
    await sleep(500);
  }
  assert.match(shown, what);
}

/** Resolves when all that was kept without a bridge has gone: processes and folders. */
export async function nothingKept(folder: string): Promise<void> {
  const kept = join(folder, ".nanogent", "kept");
  const left = () => [
    ...processesWhere((cwd) => cwd === folder).map(commandOf),
    ...(existsSync(kept) ? readdirSync(kept) : []),
  ];
  for (let tries = 0; left().length > 0 && tries < 100; tries++) await sleep(100);
  assert.deepEqual(left(), []);
}

/** Closes a terminal by the buttons of its message. */
export async function close(api: BotApi, message: SeenMessage): Promise<void> {
  const { messageId, chatId } = message;
  await api.press({ messageId, chatId }, "✖ Close");
  const asks = () =>
    api.messages(chatId).some((each) => each.messageId === messageId && /Close it\?/.test(each.text));
  await api.waitFor(asks, { what: "the question" });
  await api.press({ messageId, chatId }, "✖ Close it");
}
