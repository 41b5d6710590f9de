import type { Handler } from "./messages.ts";
import { int, object, objects, type Params, text } from "./parameters.ts";
import type { Presses } from "./presses.ts";
import { badRequest, type Chat } from "./wire.ts";
import type { World } from "./world.ts";

export interface Command {
  command: string;
  description: string;
}

const MAX_DOWNLOAD = 20 * 1024 * 1024;
const ACTIONS = new Set(
  `typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker
   find_location record_video_note upload_video_note`.split(/\s+/),
);
const REACTIONS = new Set(
  `❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀
   🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡`.split(/\s+/),
);

/** All methods that neither send nor change a message. `commands` is filled by setMyCommands, by scope, `menuButtons` by chat. */
export function otherMethods(
  world: World,
  presses: Presses,
  commands: Map<string, readonly Command[]>,
  menuButtons: Map<number, string>,
): Record<string, Handler> {
  return {
    getMe: () => ({
      ...world.bot,
      can_join_groups: true,
      can_read_all_group_messages: true,
      supports_inline_queries: false,
      has_topics_enabled: world.options.topicsInPrivate,
      has_main_web_app: world.options.mainApp,
    }),
    getUpdates: ({ params, gone }) =>
      world.updates.poll({
        offset: int(params, "offset") ?? 0,
        limit: int(params, "limit"),
        timeout: int(params, "timeout") ?? 0,
        allowed: params.allowed_updates,
        gone,
      }),
    deleteWebhook({ params }) {
      world.updates.setWebhook("");
      if (params.drop_pending_updates === true) world.updates.forgetAll();
      return true;
    },
    getWebhookInfo: () => ({
      url: world.updates.webhook,
      has_custom_certificate: false,
      pending_update_count: world.updates.pending.length,
    }),
    getChat: ({ params }) => world.reach(params).chat,
    getFile({ params }) {
      const id = text(params, "file_id");
      const file = world.files.get(id);
      if (file === undefined) throw badRequest("invalid file_id");
      if (file.size > MAX_DOWNLOAD) throw badRequest("file is too big");
      return { file_id: id, file_unique_id: `u-${id}`, file_size: file.size, file_path: `files/${id}` };
    },
    sendChatAction({ params }) {
      const room = world.reach(params);
      const action = text(params, "action");
      if (!ACTIONS.has(action)) throw badRequest("wrong parameter action in request");
      room.actions.push({ action, threadId: int(params, "message_thread_id"), at: performance.now() });
      return true;
    },
    setMessageReaction({ params }) {
      const post = world.find(world.reach(params), int(params, "message_id"));
      if (post === undefined) throw badRequest("message to react not found");
      const emoji = objects(params, "reaction").map((reaction) => text(reaction, "emoji"));
      if (emoji.length > 1) throw badRequest("REACTIONS_TOO_MANY");
      if (!emoji.every((one) => REACTIONS.has(one))) throw badRequest("REACTION_INVALID");
      post.reactions = emoji;
      return true;
    },
    createForumTopic({ params }) {
      const { chat, topics } = world.reach(params);
      const name = text(params, "name");
      if (name === "" || name.length > 128) throw badRequest("TOPIC_TITLE_INVALID");
      if (!hasTopics(world, chat)) throw badRequest("the chat is not a forum");
      const threadId = 1000 + topics.size;
      topics.set(threadId, name);
      return { message_thread_id: threadId, name, icon_color: int(params, "icon_color") ?? 7322096 };
    },
    answerCallbackQuery({ params }) {
      if (text(params, "text").length > 200) throw badRequest("MESSAGE_TOO_LONG");
      presses.answer(text(params, "callback_query_id"), {
        text: text(params, "text"),
        showAlert: params.show_alert === true,
      });
      return true;
    },
    setMyCommands({ params }) {
      const given = objects(params, "commands").map(readCommand);
      if (given.length > 100) throw badRequest("BOT_COMMANDS_TOO_MUCH");
      commands.set(scopeOf(world, params), given);
      return true;
    },
    setChatMenuButton({ params }) {
      const address = readMenuButton(object(params, "menu_button"));
      // Without a chat it is the bot's own, which every stranger would see: this bot has no use for that.
      const { chat } = world.reach(params);
      if (chat.type !== "private") throw badRequest("invalid chat_id specified");
      if (address === undefined) menuButtons.delete(chat.id);
      else menuButtons.set(chat.id, address);
      return true;
    },
    getMyCommands: ({ params }) => commands.get(scopeOf(world, params)) ?? [],
  };
}

export function hasTopics(world: World, chat: Chat): boolean {
  return chat.type === "private" ? world.options.topicsInPrivate : chat.is_forum === true;
}

/** The address that it opens; undefined for one that opens none. */
function readMenuButton(button: Params): string | undefined {
  const type = text(button, "type");
  if (["", "default", "commands"].includes(type)) return undefined;
  if (type !== "web_app") throw badRequest("MenuButton has unsupported type");
  if (text(button, "text") === "") throw badRequest("menu button text must be non-empty");
  const url = text(object(button, "web_app"), "url");
  if (!url.startsWith("https://"))
    throw badRequest("menu button Web App URL is invalid: only HTTPS links are allowed");
  return url;
}

function readCommand(raw: Params): Command {
  const command = text(raw, "command");
  const description = text(raw, "description");
  if (!/^[a-z0-9_]{1,32}$/.test(command)) throw badRequest("BOT_COMMAND_INVALID");
  if (description === "" || description.length > 256) throw badRequest("BOT_COMMAND_DESCRIPTION_INVALID");
  return { command, description };
}

/** "default", "all_group_chats", "chat 7", "default de": the name under which a test finds its commands. */
function scopeOf(world: World, params: Params): string {
  const scope = object(params, "scope");
  if (scope.chat_id !== undefined) world.reach(scope);
  const parts = [text(scope, "type") || "default", scope.chat_id, scope.user_id];
  return [...parts, params.language_code].filter((part) => part !== undefined).join(" ");
}
