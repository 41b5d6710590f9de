import { hasTopics } from "./other-methods.ts";
import { lengthOf } from "./text.ts";
import * as wire from "./wire.ts";
import { current, type Post, quoted, type Room, type StoredFile, unixNow, type World } from "./world.ts";

/** A file that a person sends. `size` claims more than there are bytes: for a download over the limit. */
export interface Attachment {
  name?: string;
  bytes: Buffer | string;
  mime?: string;
  size?: number;
}

export type Saying = { [K in wire.FileKind]?: Attachment } & {
  /** The writer's user id. In a private chat it is known, in a group it has to be told. */
  from?: number;
  /** The message id that it answers. */
  replyTo?: number;
  threadId?: number;
  /** When it was sent, in seconds since the epoch; now unless told. */
  date?: number;
  /** Without them `/commands` are marked, as Telegram does. */
  entities?: wire.MessageEntity[];
  mediaGroupId?: string;
  /** Writes in the name of this chat: the group itself (an anonymous administrator) or a channel. */
  senderChat?: { id: number; title: string };
};

// The users that stand in when a message is written in the name of a chat.
const GROUP_BOT: wire.User = {
  id: 1087968824,
  is_bot: true,
  first_name: "Group",
  username: "GroupAnonymousBot",
};
const CHANNEL_BOT: wire.User = {
  id: 136817688,
  is_bot: true,
  first_name: "Channel",
  username: "Channel_Bot",
};
const DEFAULT_MIME: Record<wire.FileKind, string> = {
  document: "application/octet-stream",
  photo: "image/jpeg",
  voice: "audio/ogg",
  audio: "audio/mpeg",
  video: "video/mp4",
};

/** A person sends a message; with a file, the text is its caption. */
export function say(world: World, room: Room, text: string, saying: Saying) {
  const file = attached(saying);
  if (text === "" && file === undefined) throw new Error("a person cannot send an empty message");
  if (lengthOf(text) > 4096) throw new Error("a person's client splits a text over 4096: say it in pieces");
  if (saying.threadId !== undefined) joinTopic(world, room, saying.threadId);
  const from = saying.senderChat === undefined ? speaker(world, room, saying.from) : undefined;
  const post = world.add(room, from ?? (saying.senderChat?.id === room.chat.id ? GROUP_BOT : CHANNEL_BOT), {
    text,
    entities: saying.entities ?? detectCommands(text),
    ...(file === undefined ? {} : { file }),
    fields: {
      ...(saying.threadId === undefined ? {} : { message_thread_id: saying.threadId }),
      ...(saying.date === undefined ? {} : { date: saying.date }),
      ...(saying.replyTo === undefined ? {} : { reply_to_message: quoted(existing(room, saying.replyTo)) }),
      ...(saying.mediaGroupId === undefined ? {} : { media_group_id: saying.mediaGroupId }),
      ...(saying.senderChat === undefined
        ? {}
        : { sender_chat: { type: "supergroup", ...saying.senderChat } }),
    },
  });
  return world.updates.push("message", structuredClone(post.message));
}

/** A person edits one of their own messages. */
export function editOwn(world: World, room: Room, messageId: number, text: string) {
  const post = existing(room, messageId);
  if (post.fromBot) throw new Error(`message ${messageId} is the bot's: no person can edit it`);
  world.show(post, { text, entities: detectCommands(text) });
  return world.updates.push("edited_message", structuredClone(post.message));
}

/** The post and the callback data behind what a person presses: the button's text, or its data. */
export function findButton(room: Room, messageId: number, button: string, stale: boolean) {
  const post = room.posts.find(({ message }) => message.message_id === messageId);
  if (post === undefined || (post.deleted && !stale))
    throw new Error(`there is no message ${messageId} to press`);
  const states = stale ? [...post.states].reverse() : [current(post)];
  const shown = states.flatMap((state) => state.markup?.inline_keyboard?.flat() ?? []);
  const found = shown.find(({ text, callback_data }) => text === button || callback_data === button);
  if (found?.callback_data !== undefined) return { post, data: found.callback_data };
  const names = shown.map(({ text }) => JSON.stringify(text)).join(", ") || "none";
  throw new Error(`no button ${JSON.stringify(button)} sends data; there is: ${names}`);
}

/** The writer: in a private chat the one person there is. */
export function speaker(world: World, room: Room, from: number | undefined): wire.User {
  const id = from ?? (room.chat.type === "private" ? room.chat.id : undefined);
  if (id === undefined) throw new Error("in a group say who speaks: {from: userId}");
  return world.user(id);
}

/** The bot is blocked by a user, or thrown out of a group; or let in again. */
export function bar(world: World, room: Room, barred: boolean, by: wire.User): void {
  const why =
    room.chat.type === "private" ? "was blocked by the user" : `was kicked from the ${room.chat.type} chat`;
  room.barred = barred ? new wire.Refusal(403, `Forbidden: bot ${why}`) : undefined;
  const status = (member: boolean) => ({ user: world.bot, status: member ? "member" : "kicked" });
  world.updates.push("my_chat_member", {
    chat: room.chat,
    from: by,
    date: unixNow(),
    old_chat_member: status(barred),
    new_chat_member: status(!barred),
  });
  world.changed();
}

/** A basic group becomes a supergroup: a new id, and a service message on either side. */
export function upgrade(world: World, room: Room): Room {
  if (room.chat.type !== "group") throw new Error("only a basic group can be upgraded");
  const to = world.addRoom({ ...room.chat, id: -1_000_000_000_000 + room.chat.id, type: "supergroup" });
  room.barred = new wire.Refusal(400, "Bad Request: group chat was upgraded to a supergroup chat", {
    migrate_to_chat_id: to.chat.id,
  });
  const tell = (where: Room, fields: Partial<wire.Message>) => {
    const post = world.add(where, GROUP_BOT, { text: "", entities: [], fields });
    const { text: _text, entities: _entities, ...service } = post.message;
    world.updates.push("message", structuredClone(service));
  };
  tell(room, { migrate_to_chat_id: to.chat.id });
  tell(to, { migrate_from_chat_id: room.chat.id });
  return to;
}

function attached(saying: Saying): StoredFile | undefined {
  const kind = wire.FILE_KINDS.find((known) => saying[known] !== undefined);
  const given = kind && saying[kind];
  if (kind === undefined || given === undefined) return undefined;
  const bytes = Buffer.from(given.bytes);
  return {
    kind,
    name: given.name,
    bytes,
    mime: given.mime ?? DEFAULT_MIME[kind],
    size: given.size ?? bytes.length,
  };
}

function joinTopic(world: World, room: Room, threadId: number): void {
  if (!hasTopics(world, room.chat)) throw new Error(`chat ${room.chat.id} has no topics`);
  if (!room.topics.has(threadId)) room.topics.set(threadId, `Topic ${threadId}`);
}

function existing(room: Room, messageId: number): Post {
  const post = room.posts.find(({ message, deleted }) => message.message_id === messageId && !deleted);
  if (post === undefined) throw new Error(`chat ${room.chat.id} has no message ${messageId}`);
  return post;
}

function detectCommands(text: string): wire.MessageEntity[] {
  return [...text.matchAll(/(?<=^|\s)\/[a-z0-9_]{1,32}(@\w+)?(?=\W|$)/gi)].map((match) => ({
    type: "bot_command",
    offset: match.index,
    length: match[0].length,
  }));
}
