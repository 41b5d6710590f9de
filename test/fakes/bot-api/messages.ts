import { isDeepStrictEqual } from "node:util";
import type { Upload } from "./body.ts";
import { checkMarkup } from "./keyboard.ts";
import { int, list, object, objects, type Params, text } from "./parameters.ts";
import { type Cleaned, lengthOf } from "./text.ts";
import * as wire from "./wire.ts";
import { current, type Post, quoted, type Room, type StoredFile, type World } from "./world.ts";

/** A call of the bot on its way through the fake. */
export interface Request {
  params: Params;
  files: ReadonlyMap<string, Upload>;
  /** Aborts when the client is gone. */
  gone: AbortSignal;
}

export type Handler = (request: Request) => unknown;

const MAX_TEXT = 4096;
const MAX_CAPTION = 1024;
const MAX_PHOTO_BYTES = 10 * 1024 * 1024;
const PICTURES = /^(\x89PNG|\xff\xd8\xff|GIF8|RIFF....WEBP)/s;

/** The methods that send, edit and delete. All but deleteMessage count for the rate limit. */
export function messageMethods(world: World): Record<string, Handler> {
  return {
    sendMessage({ params }) {
      const room = world.reach(params);
      const content = readText(world, params);
      if (lengthOf(content.text) > MAX_TEXT) throw wire.badRequest("message is too long");
      return send(world, room, params, content).message;
    },
    sendDocument({ params, files }) {
      const room = world.reach(params);
      const file = takeFile(world, "document", params.document, files, "document");
      return send(world, room, params, readCaption(world, params), { file }).message;
    },
    sendPhoto({ params, files }) {
      const room = world.reach(params);
      const file = takeFile(world, "photo", params.photo, files, "photo");
      return send(world, room, params, readCaption(world, params), { file }).message;
    },
    sendMediaGroup({ params, files }) {
      const room = world.reach(params);
      const items = objects(params, "media");
      if (items.length < 2) throw wire.badRequest("too few messages to send as an album");
      if (items.length > 10) throw wire.badRequest("too many messages to send as an album");
      if (new Set(items.map((item) => item.type === "document")).size > 1) {
        throw wire.badRequest("document can't be mixed with other media types");
      }
      const album = String(Math.floor(Math.random() * 1e15));
      const ready = items.map((item) => {
        const kind = wire.FILE_KINDS.find((known) => known === item.type);
        if (kind === undefined) throw wire.badRequest("can't parse InputMedia: type of the media is invalid");
        return { caption: readCaption(world, item), file: takeFile(world, kind, item.media, files) };
      });
      return ready.map(({ caption, file }) => send(world, room, params, caption, { file, album }).message);
    },
    editMessageText({ params }) {
      const { room, post } = findEditable(world, params);
      const content = readText(world, params);
      if (post.file !== undefined) throw wire.badRequest("there is no text in the message to edit");
      if (lengthOf(content.text) > MAX_TEXT) throw wire.badRequest("MESSAGE_TOO_LONG");
      return edit(world, room, post, content, params);
    },
    editMessageCaption({ params }) {
      const { room, post } = findEditable(world, params);
      if (post.file === undefined) throw wire.badRequest("there is no caption in the message to edit");
      return edit(world, room, post, readCaption(world, params), params);
    },
    editMessageMedia({ params, files }) {
      const { room, post } = findEditable(world, params);
      const media = object(params, "media");
      const kind = wire.FILE_KINDS.find((known) => known === media.type);
      if (kind === undefined) throw wire.badRequest("can't parse InputMedia: type of the media is invalid");
      const file = takeFile(world, kind, media.media, files);
      return edit(world, room, post, readCaption(world, media), params, file);
    },
    editMessageReplyMarkup({ params }) {
      const { room, post } = findEditable(world, params);
      return edit(world, room, post, current(post), params);
    },
    deleteMessage({ params }) {
      const room = world.reach(params);
      const post = world.find(room, int(params, "message_id"));
      if (post === undefined) throw wire.badRequest("message to delete not found");
      if (!post.fromBot && room.chat.type !== "private") throw wire.badRequest("message can't be deleted");
      post.deleted = true;
      return true;
    },
  };
}

function readText(world: World, params: Params): Cleaned {
  if (text(params, "text") === "") throw wire.badRequest("message text is empty");
  const cleaned = world.clean(text(params, "text"), readEntities(params, "entities"));
  if (cleaned.text === "") throw wire.badRequest("text must be non-empty");
  return cleaned;
}

function readCaption(world: World, params: Params): Cleaned {
  const cleaned = world.clean(text(params, "caption"), readEntities(params, "caption_entities"));
  if (lengthOf(cleaned.text) > MAX_CAPTION) throw wire.badRequest("message caption is too long");
  return cleaned;
}

function readEntities(params: Params, name: string): wire.MessageEntity[] {
  return list(params, name).map((raw) => {
    if (typeof raw !== "object" || raw === null)
      throw wire.badRequest("can't parse MessageEntity: not an object");
    return { type: "", offset: Number.NaN, length: Number.NaN, ...raw };
  });
}

function send(
  world: World,
  room: Room,
  params: Params,
  content: Cleaned,
  extra: { file?: StoredFile; album?: string } = {},
): Post {
  const reply = object(params, "reply_parameters");
  const original = world.find(room, int(reply, "message_id"));
  if (int(reply, "message_id") !== undefined && !original && reply.allow_sending_without_reply !== true) {
    throw wire.badRequest("message to be replied not found");
  }
  const thread = int(params, "message_thread_id");
  return world.add(room, world.bot, {
    ...content,
    markup: checkMarkup(params.reply_markup, room.chat, world.violation),
    ...(extra.file === undefined ? {} : { file: extra.file }),
    fields: {
      ...(thread === undefined ? {} : { message_thread_id: thread }),
      ...(original === undefined ? {} : { reply_to_message: quoted(original) }),
      ...(extra.album === undefined ? {} : { media_group_id: extra.album }),
    },
  });
}

function findEditable(world: World, params: Params): { room: Room; post: Post } {
  const room = world.reach(params);
  const post = world.find(room, int(params, "message_id"));
  if (post === undefined) throw wire.badRequest("message to edit not found");
  const { markup } = current(post);
  const inline = markup === undefined || markup.inline_keyboard !== undefined;
  if (!post.fromBot || !inline) throw wire.badRequest("message can't be edited");
  return { room, post };
}

function edit(
  world: World,
  room: Room,
  post: Post,
  content: Cleaned,
  params: Params,
  file: StoredFile | undefined = post.file,
): wire.Message {
  const markup = checkMarkup(params.reply_markup, room.chat, world.violation);
  const before = current(post);
  const after = { text: content.text, entities: content.entities, markup };
  const isSameFile =
    file === post.file || (post.file?.kind === file?.kind && file && post.file?.bytes.equals(file.bytes));
  if (
    isSameFile &&
    isDeepStrictEqual({ text: before.text, entities: before.entities, markup: before.markup }, after)
  ) {
    throw wire.badRequest(
      "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
    );
  }
  if (file && !isSameFile) world.replaceFile(post, file);
  world.show(post, after);
  return post.message;
}

function takeFile(
  world: World,
  kind: wire.FileKind,
  given: unknown,
  files: ReadonlyMap<string, Upload>,
  part?: string,
): StoredFile {
  const name = typeof given === "string" ? /^attach:\/\/(.+)$/.exec(given)?.[1] : part;
  const upload = name === undefined ? undefined : files.get(name);
  if (upload === undefined) {
    if (typeof given !== "string") throw wire.badRequest(`there is no ${kind} in the request`);
    const known = world.files.get(given);
    if (known === undefined) throw wire.badRequest("wrong file identifier/HTTP URL specified");
    return { ...known, kind };
  }
  const { bytes } = upload;
  if (bytes.length === 0) throw wire.badRequest("file must be non-empty");
  if (kind === "photo" && bytes.length > MAX_PHOTO_BYTES) throw wire.badRequest("file is too big");
  if (kind === "photo" && !PICTURES.test(bytes.toString("latin1", 0, 16))) {
    throw wire.badRequest("IMAGE_PROCESS_FAILED");
  }
  if (kind === "photo" && hasOddShape(bytes)) throw wire.badRequest("PHOTO_INVALID_DIMENSIONS");
  return { kind, name: upload.name, bytes, mime: upload.mime, size: bytes.length };
}

/** The width and height of a photo must not exceed 10,000 together, and be 20 to 1 at most. Told of a PNG only. */
function hasOddShape(bytes: Buffer): boolean {
  if (bytes.length < 24 || bytes[0] !== 0x89) return false;
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  return width + height > 10_000 || Math.max(width, height) > 20 * Math.min(width, height);
}
