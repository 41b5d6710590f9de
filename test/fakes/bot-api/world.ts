import { Limits, type RateLimit } from "./limits.ts";
import { int, type Params } from "./parameters.ts";
import { type Cleaned, cleanText } from "./text.ts";
import { UpdateQueue } from "./updates.ts";
import * as wire from "./wire.ts";

/** A file as it was sent, by a person or by the bot. `size` may claim more than there are bytes. */
export interface StoredFile {
  readonly kind: wire.FileKind;
  readonly name: string | undefined;
  readonly bytes: Buffer;
  readonly mime: string;
  readonly size: number;
}

/** What a message showed from a moment on. */
export interface State extends Cleaned {
  /** As `performance.now()` tells it. */
  readonly at: number;
  readonly markup: wire.ReplyMarkup | undefined;
}

/** A message and all that became of it. */
export interface Post {
  readonly message: wire.Message;
  readonly fromBot: boolean;
  file: StoredFile | undefined;
  readonly states: State[];
  reactions: readonly string[];
  deleted: boolean;
}

export interface Room {
  readonly chat: wire.Chat;
  readonly posts: Post[];
  readonly topics: Map<number, string>;
  readonly actions: { action: string; threadId: number | undefined; at: number }[];
  /** Why the bot cannot reach this chat any longer. */
  barred: wire.Refusal | undefined;
}

export type Content = Cleaned & {
  markup?: wire.ReplyMarkup | undefined;
  file?: StoredFile;
  fields?: Partial<wire.Message>;
};

export interface WorldOptions {
  token: string;
  rateLimit: Partial<RateLimit> | "off";
  timeScale: number;
  topicsInPrivate: boolean;
  mainApp: boolean;
}

/** All that this Telegram knows: one bot, its chats and their messages. */
export class World {
  token: string;
  tokenRevoked = false;
  readonly bot: wire.User & { username: string };
  readonly options: WorldOptions;
  readonly rooms = new Map<number, Room>();
  readonly users = new Map<number, wire.User>();
  readonly files = new Map<string, StoredFile>();
  readonly violations: string[] = [];
  readonly limits: Limits;
  readonly updates: UpdateQueue;
  /** Called after everything that a test may wait for. */
  readonly changed: () => void;
  droppedEntities = 0;
  #privateIds = 0;

  constructor(options: WorldOptions, changed: () => void) {
    this.options = options;
    this.token = options.token;
    this.changed = changed;
    const id = Number(options.token.split(":")[0]);
    this.bot = { id, is_bot: true, first_name: "Nano", username: "nano_test_bot" };
    this.limits = new Limits(options.rateLimit);
    this.updates = new UpdateQueue(options.timeScale, this.violation);
  }

  readonly violation = (what: string): void => void this.violations.push(what);

  user(id: number): wire.User {
    const found = this.users.get(id) ?? { id, is_bot: false, first_name: `User ${id}` };
    this.users.set(id, found);
    return found;
  }

  addRoom(chat: wire.Chat): Room {
    const room = { chat, posts: [], topics: new Map(), actions: [], barred: undefined };
    this.rooms.set(chat.id, room);
    return room;
  }

  /** The chat that a test speaks of. */
  room(chatId: number): Room {
    const room = this.rooms.get(chatId);
    if (room === undefined) throw new Error(`no chat ${chatId} was declared`);
    return room;
  }

  /** The chat that the bot wants to reach. */
  reach(params: Params): Room {
    if (params.chat_id === undefined || params.chat_id === "") throw wire.badRequest("chat_id is empty");
    const room = this.rooms.get(Number(params.chat_id));
    if (room === undefined) throw wire.badRequest("chat not found");
    if (room.barred !== undefined) throw room.barred;
    const thread = int(params, "message_thread_id");
    if (thread !== undefined && !room.topics.has(thread)) throw wire.badRequest("message thread not found");
    return room;
  }

  clean(text: string, entities: readonly wire.MessageEntity[]): Cleaned {
    return cleanText(text, entities, {
      violation: this.violation,
      droppedEntities: (count) => {
        this.droppedEntities += count;
      },
    });
  }

  find(room: Room, messageId: number | undefined): Post | undefined {
    return room.posts.find((post) => post.message.message_id === messageId && !post.deleted);
  }

  add(room: Room, from: wire.User, content: Content): Post {
    const thread = content.fields?.message_thread_id;
    const message: wire.Message = {
      message_id: this.#nextId(room),
      from,
      chat: room.chat,
      date: unixNow(),
      ...(thread === undefined ? {} : { is_topic_message: true }),
      ...content.fields,
      ...(content.file === undefined ? {} : this.#fileFields(content.file)),
    };
    const post: Post = {
      message,
      fromBot: from.id === this.bot.id,
      file: content.file,
      states: [],
      reactions: [],
      deleted: false,
    };
    room.posts.push(post);
    this.show(post, content);
    return post;
  }

  /** Puts another file in place of the one that a message shows. */
  replaceFile(post: Post, file: StoredFile): void {
    for (const kind of wire.FILE_KINDS) delete post.message[kind];
    Object.assign(post.message, this.#fileFields(file));
    post.file = file;
  }

  /** Gives a message new content, kept as one more of its states. */
  show(post: Post, { text, entities, markup }: Content): void {
    if (post.states.length > 0) post.message.edit_date = unixNow();
    post.states.push({ at: performance.now(), text, entities, markup });
    Object.assign(
      post.message,
      post.file === undefined ? { text, entities } : { caption: text, caption_entities: entities },
      { reply_markup: markup?.inline_keyboard === undefined ? undefined : markup },
    );
    this.changed();
  }

  // Private chats and basic groups share one counter, a supergroup has its own: ids repeat between chats.
  #nextId(room: Room): number {
    if (room.chat.type !== "supergroup") return ++this.#privateIds;
    return room.posts.length + room.topics.size + 1;
  }

  #fileFields(file: StoredFile): Partial<wire.Message> {
    const info = (suffix: string): wire.FileInfo => {
      const fileId = `${file.kind}-${this.files.size + 1}${suffix}`;
      this.files.set(fileId, file);
      return { file_id: fileId, file_unique_id: `u${this.files.size}`, file_size: file.size };
    };
    if (file.kind === "photo") {
      const small = { ...info("-small"), width: 90, height: 60, file_size: 1000 };
      return { photo: [small, { ...info("-large"), width: 900, height: 600 }] };
    }
    const named = file.name === undefined || file.kind === "voice" ? {} : { file_name: file.name };
    const timed = file.kind === "document" ? {} : { duration: 1 };
    return { [file.kind]: { ...info(""), mime_type: file.mime, ...named, ...timed } };
  }
}

/** What the message shows now. */
export function current(post: Post): State {
  const state = post.states.at(-1);
  if (state === undefined) throw new Error("a message without a state");
  return state;
}

/** The message as another one shows that it replies to: without what it replied to itself. */
export function quoted(post: Post): wire.Message {
  const { reply_to_message: _, ...message } = post.message;
  return structuredClone(message);
}

export function unixNow(): number {
  return Math.floor(Date.now() / 1000);
}
