import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { SeenMessage } from "../fakes/bot-api/view.ts";
import { fromBot, untilSaid } from "./chats.ts";
import { claudeProject } from "./claude-project.ts";
import type { RunningBridge } from "./project.ts";

/** Of the real Claude Code: it starts slowly on a machine with much to do. */
const SHOWS_MS = 40_000;

/**
 * A project whose terminals run the real Claude Code, past all questions of its first start. The user has hooks of his
 * own, which note in `hooks.log` what happens, and keep Claude at work once when there is a file `go-on`.
 */
export async function claudeTerminals(t: TestContext, settings: Record<string, string> = {}) {
  // The screens that are asked for over and over would hold up what is tested.
  const project = await claudeProject(t, settings, { rateLimit: "off" });
  const { folder, api, chat } = project;
  const home = join(folder, "home");
  const own = ["UserPromptSubmit", "Stop"].map((name) => {
    const block = `rm go-on 2>/dev/null && echo '{"decision":"block","reason":"Go on."}'`;
    const command = `cd '${folder}'; echo ${name} >> hooks.log; ${name === "Stop" ? block : "true"}; true`;
    return [name, [{ hooks: [{ type: "command", command }] }]];
  });
  const userSettings = JSON.stringify({ hooks: Object.fromEntries(own) });
  mkdirSync(join(home, ".claude"), { recursive: true });
  writeFileSync(join(home, ".claude", "settings.json"), userSettings);
  writeFileSync(
    join(home, ".claude.json"),
    JSON.stringify({
      hasCompletedOnboarding: true,
      messageIdleNotifThresholdMs: 2_000,
      customApiKeyResponses: { approved: ["sk-ant-test-0123456789".slice(-20)] },
      projects: { [folder]: { hasTrustDialogAccepted: true } },
    }),
  );
  const until = (what: RegExp): Promise<SeenMessage> => untilSaid(api, chat, what, SHOWS_MS);
  /** Resolves when a message can be seen no longer. */
  const gone = ({ messageId }: SeenMessage): Promise<unknown> =>
    api.waitFor(() => api.messages(chat).find((each) => each.messageId === messageId)?.deleted, {
      what: "the notice to be taken away",
      timeoutMs: SHOWS_MS,
    });
  /** Resolves with the message when it says this instead. */
  const turns = ({ messageId }: SeenMessage, into: RegExp): Promise<SeenMessage> =>
    api.waitFor(
      () => api.messages(chat).find((each) => each.messageId === messageId && into.test(each.text)),
      { what: `${into}`, timeoutMs: SHOWS_MS },
    );
  /** What can be seen and says this. */
  const standing = (what: RegExp): readonly SeenMessage[] =>
    fromBot(api, chat).filter(({ deleted, text }) => !deleted && what.test(text));
  /** Resolves when a terminal shows this. */
  const shows = async (name: string, what: RegExp): Promise<void> => {
    let last = "";
    for (const end = performance.now() + SHOWS_MS; performance.now() < end; await sleep(300)) {
      const before = fromBot(api, chat).length;
      api.say(chat, `/screen ${name} text`);
      await api.waitFor(() => fromBot(api, chat).length > before, { what: "the screen" });
      last = fromBot(api, chat).at(-1)?.text ?? "";
      if (what.test(last)) return;
    }
    assert.fail(`${what} is not shown, but: ${last}`);
  };
  /** Opens Claude Code in a terminal, and waits until it takes a prompt. */
  const open = async (name: string, words = ""): Promise<void> => {
    api.say(chat, `/term @${name} claude${words}`);
    await until(new RegExp(`^🖥 term-\\d+ @${name} · `));
    await shows(name, /❯[\s\S]*(shortcuts|bypass)/);
  };
  /** Presses a key at the desk, so to say: by the buttons under the terminal's first message. */
  const key = async (name: string, label: string): Promise<void> => {
    const message = fromBot(api, chat).find((each) => each.text.includes(`@${name} `));
    assert.ok(message);
    const hasKeys = (): boolean =>
      api
        .messages(chat)
        .some(
          ({ messageId, keyboard }) =>
            messageId === message.messageId && JSON.stringify(keyboard).includes("Esc"),
        );
    if (!hasKeys()) await api.press(message, "⌨ Keys");
    await api.waitFor(hasKeys, { what: "the keys" });
    await api.press(message, label);
  };
  /** The files that hooks need. */
  const hookFiles = (): readonly string[] => {
    const files = join(folder, ".nanogent", "claude");
    return existsSync(files) ? readdirSync(files).sort() : [];
  };
  /** Ends all terminals, so that nothing is left in tmux. */
  const closeAll = async (bridge: RunningBridge): Promise<void> => {
    writeFileSync(
      join(folder, ".env"),
      `${readFileSync(join(folder, ".env"), "utf8")}NANOGENT_HOST_TERMINAL=off\n`,
    );
    bridge.child.kill("SIGHUP");
    await api.waitFor(() => hookFiles().length === 0, {
      what: "the end of all terminals",
      timeoutMs: SHOWS_MS,
    });
  };
  /** Resolves when the next life of the bridge would know of a message. */
  const recorded = async ({ messageId }: SeenMessage): Promise<void> => {
    const path = join(folder, ".nanogent", "terminals.json");
    while (!readFileSync(path, "utf8").includes(`"messageId": ${messageId}`)) await sleep(20);
  };
  return {
    ...{
      ...project,
      home,
      userSettings,
      until,
      gone,
      turns,
      standing,
      shows,
      open,
      key,
      hookFiles,
      closeAll,
      recorded,
    },
  };
}
