import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { StoreRecord } from "../../../src/store-record.ts";
import type { SeenMessage } from "../../fakes/bot-api/view.ts";
import { fakeClaude, type Scenario, type Start, starts } from "../../fakes/claude-cli.ts";
import { OWNER, project } from "../project.ts";

/** Somebody who may use the bot, but has not asked for any of this. */
export const GUEST = 8;
/** Somebody who may not use the bot at all. */
export const STRANGER = 666;
const WAIT_MS = 60_000;

/** The first value that there is. @throws when none comes. */
export async function eventually<T>(value: () => Promise<T | undefined>, what: string): Promise<T> {
  const deadline = performance.now() + WAIT_MS;
  while (performance.now() < deadline) {
    const found = await value();
    if (found !== undefined) return found;
    await sleep(20);
  }
  throw new Error(`timed out waiting for ${what}`);
}

export type Stage = Awaited<ReturnType<typeof buttonStage>>;
export type Room = ReturnType<Stage["room"]>;

/** A bridge with a scripted Claude Code, and a group of its own for each trouble: none waits for another's pace. */
export async function buttonStage(t: TestContext, scenario: Scenario) {
  const { api, folder, start, readJournal } = await project(t, {
    api: { rateLimit: "off" },
    env: {
      TELEGRAM_ALLOWED_USER_IDS: `${OWNER},${GUEST}`,
      NANOGENT_OWNER_IDS: String(OWNER),
      NANOGENT_AGENT: "claude",
      NANOGENT_PERMISSIONS: "ask",
      NANOGENT_PARALLEL: "16",
      NANOGENT_CLAUDE: "./claude",
    },
  });
  await fakeClaude(folder, scenario);
  const environment = { HOME: folder };
  let bridge = await start(environment);
  let rooms = 0;
  let presses = 0;
  for (const [id, firstName] of [
    [OWNER, "Ada"],
    [GUEST, "Bob"],
    [STRANGER, "Eve"],
  ] as const) {
    api.privateChat(id, { firstName });
  }
  const mention = `@${api.bot.username}`;

  return {
    /** The group of a trouble. Its key stands in every prompt there, and picks what the agent does. */
    room(key: string) {
      rooms += 1;
      const chat = api.group(-1000 - rooms);
      const message = (what: RegExp, label = ""): SeenMessage | undefined =>
        api
          .messages(chat)
          .find(
            ({ from, deleted, text, keyboard }) =>
              from === "bot" && !deleted && what.test(text) && JSON.stringify(keyboard).includes(label),
          );
      const until = (what: RegExp, label = ""): Promise<SeenMessage> =>
        api.waitFor(() => message(what, label), { what: `${what} with ${label}`, timeoutMs: WAIT_MS });
      const journal = async (): Promise<StoreRecord[]> =>
        (await readJournal().catch(() => ""))
          .split("\n")
          .filter(Boolean)
          .map((line) => JSON.parse(line) as StoreRecord);
      return {
        key,
        chat,
        until,
        journal,
        say: (text: string, from = OWNER) =>
          text.startsWith("/")
            ? api.say(chat, text, { from })
            : api.say(chat, `${mention} ${text}`, {
                from,
                entities: [{ type: "mention", offset: 0, length: mention.length }],
              }),
        /** Says it without naming the bot. */
        answer: (text: string) => api.say(chat, text, { from: OWNER }),
        /** @returns what whoever pressed gets to read. */
        async press(at: SeenMessage, button: string, from = OWNER): Promise<string> {
          presses += 1;
          return (await api.press(at, button, { from, stale: true }))?.text ?? "";
        },
        /** Resolves when that message shows this. */
        shows: ({ messageId }: SeenMessage, what: RegExp): Promise<SeenMessage> =>
          api.waitFor(
            () => api.messages(chat).find((each) => each.messageId === messageId && what.test(each.text)),
            { what: `${what} in ${messageId}`, timeoutMs: WAIT_MS },
          ),
        /** Resolves when that message is gone. */
        loses: ({ messageId }: SeenMessage): Promise<SeenMessage> =>
          api.waitFor(() => api.messages(chat).find((each) => each.messageId === messageId && each.deleted), {
            what: `message ${messageId} to go`,
            timeoutMs: WAIT_MS,
          }),
        now: ({ messageId }: SeenMessage): SeenMessage | undefined =>
          api.messages(chat).find((each) => each.messageId === messageId),
        /** The agents that were started with a prompt of this room that holds these words, oldest first. */
        async agents(words: string): Promise<Start[]> {
          const first = ({ input }: Start): string =>
            JSON.stringify(input.find(({ type }) => type === "user") ?? "");
          return (await starts(folder)).filter((each) => first(each).includes(words));
        },
        /** Resolves when the journal knows the message, so that it is known in the next life. */
        async isKept({ messageId }: SeenMessage): Promise<void> {
          const kept = async () =>
            (await readJournal()).includes(`"chatId":${chat.id},"messageId":${messageId}}`) || undefined;
          await eventually(kept, "the message to be written down");
        },
        goOn: (name: string) => writeFile(join(folder, name), ""),
      };
    },
    async restart(): Promise<void> {
      await bridge.kill();
      bridge = await start(environment);
    },
    /** Every press was acknowledged, and none twice; but one of an earlier life may be, which ended before it was noted. */
    checkAcknowledged({ restarted = false } = {}): void {
      const ids = api.calls("answerCallbackQuery").map(({ params }) => String(params.callback_query_id));
      assert.equal(new Set(ids).size, presses, "as many are acknowledged as were pressed");
      if (!restarted) assert.equal(ids.length, presses, "none was acknowledged twice");
      assert.deepEqual(api.violations, []);
    },
  };
}
