import { Dispatch } from "./bot-api/dispatch.ts";
import type { Call, Fault, FaultHandle } from "./bot-api/faults.ts";
import { serve } from "./bot-api/http.ts";
import type { RateLimit } from "./bot-api/limits.ts";
import { messageMethods } from "./bot-api/messages.ts";
import { type Command, otherMethods } from "./bot-api/other-methods.ts";
import { bar, editOwn, findButton, type Saying, say, speaker, upgrade } from "./bot-api/people.ts";
import { type Answer, Presses } from "./bot-api/presses.ts";
import type { Disorder } from "./bot-api/updates.ts";
import { dump, type SeenMessage, see } from "./bot-api/view.ts";
import { type Waiting, Watch } from "./bot-api/watch.ts";
import type { Update } from "./bot-api/wire.ts";
import { World } from "./bot-api/world.ts";

export interface BotApiOptions {
  token?: string;
  /** Lifelike unless told; "off" leaves only the penalties of 429 faults. */
  rateLimit?: Partial<RateLimit> | "off";
  /** Real seconds that a second of a poll, or of the life of an update or a button press, takes. 1 unless told. */
  timeScale?: number;
  /** Private chats can have topics (`getMe.has_topics_enabled`). */
  topicsInPrivate?: boolean;
  /** The bot's main Mini App is set up (`getMe.has_main_web_app`). */
  mainApp?: boolean;
}

/** A chat, or its id. */
export type ChatRef = number | { readonly id: number };
export type MessageRef = Pick<SeenMessage, "chatId" | "messageId">;
export type BotApi = Awaited<ReturnType<typeof startBotApi>>;

/**
 * Telegram for tests: a Bot API server over real HTTP on 127.0.0.1, as strict as the real one, together with the
 * people who write to the bot.
 *
 * ```ts
 * const api = await startBotApi();
 * const ada = api.privateChat(7, { firstName: "Ada" });
 * // start the bridge with api.root and api.token
 * api.say(ada, "hello");
 * const answer = await api.waitFor(() => api.messages(ada).find((message) => message.from === "bot"));
 * await api.press(answer, "Stop");
 * assert.deepEqual(api.violations, []);
 * await api.close();
 * ```
 */
export async function startBotApi(options: BotApiOptions = {}) {
  const watch = new Watch(() => dump(world, dispatch.calls));
  const world = new World(
    {
      token: options.token ?? randomToken(),
      rateLimit: options.rateLimit ?? {},
      timeScale: options.timeScale ?? 1,
      topicsInPrivate: options.topicsInPrivate ?? false,
      mainApp: options.mainApp ?? false,
    },
    watch.changed,
  );
  const presses = new Presses(world);
  const commands = new Map<string, readonly Command[]>();
  const menuButtons = new Map<number, string>();
  const dispatch = new Dispatch(world, {
    ...messageMethods(world),
    ...otherMethods(world, presses, commands, menuButtons),
  });
  const server = await serve(dispatch.answer);
  const roomOf = (chat: ChatRef) => world.room(typeof chat === "number" ? chat : chat.id);

  return {
    root: `http://127.0.0.1:${server.port}`,
    bot: world.bot,
    get token() {
      return world.token;
    },
    /** Closes the server, breaks every connection and fails every wait. */
    async close(): Promise<void> {
      watch.close();
      presses.close();
      await server.goOffline();
    },

    // Who is there
    /** A person who has started the bot. */
    privateChat(userId: number, { firstName = `User ${userId}`, username }: Naming = {}) {
      const named = { first_name: firstName, ...(username === undefined ? {} : { username }) };
      world.users.set(userId, { id: userId, is_bot: false, ...named });
      return world.addRoom({ id: userId, type: "private", ...named }).chat;
    },
    /** A group with the bot in it; a supergroup's id starts with -100. */
    group(chatId: number, group: { title?: string; supergroup?: boolean; forum?: boolean } = {}) {
      const type = group.supergroup === true || group.forum === true ? "supergroup" : "group";
      const forum = group.forum === true ? { is_forum: true as const } : {};
      return world.addRoom({ id: chatId, type, title: group.title ?? "Group", ...forum }).chat;
    },

    // What people do
    /** Someone writes; the update is queued for the bot and returned. With a file, `text` is its caption. */
    say: (chat: ChatRef, text: string, saying: Saying = {}) => say(world, roomOf(chat), text, saying),
    edit: (chat: ChatRef, messageId: number, text: string) => editOwn(world, roomOf(chat), messageId, text),
    /**
     * Someone presses a button, named by its text or its data. Resolves with what the bot answered, undefined if
     * it did not within 150 s (times `timeScale`). `stale` presses a button that the message had earlier.
     */
    async press(
      message: MessageRef,
      button: string,
      { from, stale = false }: { from?: number; stale?: boolean } = {},
    ): Promise<Answer | undefined> {
      const room = roomOf(message.chatId);
      const { post, data } = findButton(room, message.messageId, button, stale);
      return presses.press(post, data, speaker(world, room, from));
    },
    block: (user: ChatRef) => bar(world, roomOf(user), true, speaker(world, roomOf(user), undefined)),
    unblock: (user: ChatRef) => bar(world, roomOf(user), false, speaker(world, roomOf(user), undefined)),
    kick: (group: ChatRef, by = 1) => bar(world, roomOf(group), true, world.user(by)),
    /** Turns a basic group into a supergroup and returns that chat. */
    upgrade: (group: ChatRef) => upgrade(world, roomOf(group)).chat,

    // What the bot did
    /** Every message of a chat, people's too, in order, with all its states. */
    messages: (chat: ChatRef): SeenMessage[] => roomOf(chat).posts.map(see),
    documentsSent: (chat: ChatRef) =>
      roomOf(chat)
        .posts.map(see)
        .filter(({ from }) => from === "bot")
        .flatMap(({ document, text }) =>
          document === undefined ? [] : [{ name: document.name, bytes: document.bytes, caption: text }],
        ),
    actions: (chat: ChatRef) => [...roomOf(chat).actions],
    topics: (chat: ChatRef): ReadonlyMap<number, string> => roomOf(chat).topics,
    /** What setMyCommands set, by scope: "default", "all_group_chats", "chat 7". */
    commands: commands as ReadonlyMap<string, readonly Command[]>,
    /** The pages that menu buttons of private chats open, by chat; the others have the bot's usual one. */
    menuButtons: menuButtons as ReadonlyMap<number, string>,
    /** Every call in order of arrival, downloads as "file". */
    calls: (method?: string): Call[] =>
      dispatch.calls.filter((call) => method === undefined || call.method === method),
    /** What the bot did that Telegram would refuse, repair in silence or misunderstand. Empty in a good test. */
    violations: world.violations as readonly string[],
    /** Entities over 100, lost without a word. */
    get droppedEntities() {
      return world.droppedEntities;
    },
    /** Calls made to a chat before its `retry_after` was over. */
    get hammering() {
      return world.limits.hammering;
    },
    /** Calls refused with 429 because they were over the limit, not by a fault. */
    get breaches() {
      return world.limits.breaches;
    },
    /** The updates that the bot has not confirmed. */
    get pending(): readonly Update[] {
      return world.updates.pending;
    },
    /**
     * Resolves with the first truthy value of the condition, which is evaluated now and after each event.
     * Rejects with a dump of the chats when that takes too long.
     */
    waitFor: <T>(condition: () => T, waiting: Waiting = {}) => watch.waitFor(condition, waiting),
    dump: (): string => dump(world, dispatch.calls),

    // What goes wrong
    /** Scripts a fault for the next call that fits; see Fault. */
    fault: (fault: Fault): FaultHandle => dispatch.faults.add(fault),
    /** The next answer to a poll that holds updates comes in disorder; see Disorder. */
    disorder: (kind: Disorder) => world.updates.disorder(kind),
    /** Only this token is good from now on. */
    setToken(token: string): void {
      world.token = token;
      world.tokenRevoked = false;
    },
    /** No token is good until setToken. */
    invalidateToken(): void {
      world.tokenRevoked = true;
    },
    /** Someone has set a webhook, which forbids polling until deleteWebhook. */
    setWebhook: (url: string) => world.updates.setWebhook(url),
    /** Connections are refused until goOnline. */
    goOffline: () => server.goOffline(),
    goOnline: () => server.goOnline(),
    /** A week without updates goes by: nothing is left unconfirmed, and the ids go on from `next`. */
    restartUpdateIds: (next: number) => world.updates.restartIds(next),
  };
}

/** The texts of the bot's messages that can be seen in the chat, in order. */
export function seen(api: BotApi, chat: ChatRef): string[] {
  return api
    .messages(chat)
    .filter(({ from, deleted }) => from === "bot" && !deleted)
    .map(({ text }) => text);
}

interface Naming {
  firstName?: string;
  username?: string;
}

/** As BotFather makes them, so that what redacts real tokens redacts this one. */
function randomToken(): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  const letter = () => letters[Math.floor(Math.random() * letters.length)];
  return `${7_000_000_000 + Math.floor(Math.random() * 1e9)}:AA${Array.from({ length: 33 }, letter).join("")}`;
}
