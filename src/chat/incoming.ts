import type { Author } from "../jobs/job.ts";
import type { FileInfo, Message, User } from "../telegram/types.ts";
import type { Place } from "./messenger.ts";
import { quoteOf } from "./quote.ts";

/** A message from a person, reduced to what matters here. */
export interface Incoming {
  readonly updateId: number;
  readonly place: Place;
  readonly messageId: number;
  /** Milliseconds since the epoch, by Telegram's clock. */
  readonly sentAt: number;
  readonly inGroup: boolean;
  readonly author: Author;
  /** Text or caption, without the mention of the bot. */
  readonly text: string;
  readonly files: readonly FileInfo[];
  /** That one of the files that was spoken. */
  readonly voice?: FileInfo;
  /** What it replies to. */
  readonly quote?: string;
  /** The bot's own message that it replies to. */
  readonly answers?: string;
  /** The chat has topics. */
  readonly inForum?: true;
  readonly mediaGroupId?: string;
  /** In a group: a command without a name or with ours, a mention of the bot, or a reply to it. */
  readonly addressed: boolean;
  /** `/name` without the name of a bot, and nothing else that tells who is meant. */
  readonly bareCommand: boolean;
  /** `/name rest`, when it is a command for this bot. */
  readonly command?: { readonly name: string; readonly args: string };
}

/** What the bot is called, for telling whether it is meant. */
export interface BotIdentity {
  readonly id: number;
  readonly username: string;
  /** Its main Mini App, which its link with `?startapp=` opens, is set up. */
  readonly hasMainApp?: true;
}

const COMMAND = /^\/([A-Za-z0-9_:-]+)(?:@([A-Za-z0-9_]+))?(?:\s+([\s\S]*))?$/;

export function readIncoming(updateId: number, message: Message, sender: User, bot: BotIdentity): Incoming {
  const mention = mentionOf(message, bot);
  const text = withoutMention(message, mention);
  const match = COMMAND.exec(text.trim());
  const forOther = match?.[2] !== undefined && match[2].toLowerCase() !== bot.username.toLowerCase();
  const command =
    match?.[1] !== undefined && !forOther ? { name: match[1], args: (match[3] ?? "").trim() } : undefined;
  const writer = message.reply_to_message?.from;
  const repliesToBot = writer?.id === bot.id;
  const answered = message.reply_to_message?.text ?? message.reply_to_message?.caption;
  const quote = quoteOf(message, repliesToBot ? undefined : writer ? nameOf(writer) : "Somebody");
  return {
    updateId,
    place: placeOf(message),
    messageId: message.message_id,
    sentAt: message.date * 1000,
    inGroup: message.chat.type !== "private",
    author: { id: sender.id, name: nameOf(sender) },
    text,
    files: filesOf(message),
    ...(message.voice ? { voice: message.voice } : {}),
    ...(quote === undefined ? {} : { quote }),
    ...(repliesToBot && answered !== undefined ? { answers: answered } : {}),
    ...(message.chat.is_forum || message.is_topic_message ? { inForum: true } : {}),
    ...(message.media_group_id === undefined ? {} : { mediaGroupId: message.media_group_id }),
    addressed:
      message.chat.type === "private" ||
      (!forOther && (command !== undefined || mention !== undefined || repliesToBot)),
    bareCommand: command !== undefined && match?.[2] === undefined && mention === undefined && !repliesToBot,
    ...(command ? { command } : {}),
  };
}

/** Where the answer to a message belongs. */
export function placeOf(message: Message): Place {
  const topic = message.is_topic_message ? message.message_thread_id : undefined;
  return { chatId: message.chat.id, ...(topic === undefined ? {} : { threadId: topic }) };
}

/** What a person is called here, on one line: a name is anybody's text, and stands in answers and on the console. */
export function nameOf(user: User): string {
  const clean = (name = ""): string =>
    name.replace(UNSAFE_IN_NAME, " ").replace(/\s+/g, " ").trim().slice(0, 40);
  return clean(user.first_name) || clean(user.username) || String(user.id);
}

/** Control characters, and those that change the direction of what follows. */
const UNSAFE_IN_NAME =
  /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]|[\ud800-\udbff](?![\udc00-\udfff])/gu;

interface Span {
  readonly offset: number;
  readonly length: number;
}

function mentionOf(message: Message, bot: BotIdentity): Span | undefined {
  const text = message.text ?? message.caption ?? "";
  return (message.entities ?? message.caption_entities ?? []).find(({ type, offset, length, user }) => {
    if (type === "text_mention") return user?.id === bot.id;
    return (
      type === "mention" &&
      text.slice(offset, offset + length).toLowerCase() === `@${bot.username.toLowerCase()}`
    );
  });
}

function withoutMention(message: Message, mention: Span | undefined): string {
  const text = message.text ?? message.caption ?? "";
  if (!mention) return text;
  const before = text.slice(0, mention.offset).trimEnd();
  const after = text.slice(mention.offset + mention.length).trimStart();
  return before === "" || after === "" ? before + after : `${before} ${after}`;
}

function filesOf(message: Message): FileInfo[] {
  // Telegram lists a photo in several sizes, the largest last.
  const photo = message.photo?.at(-1);
  const { document, voice, audio, video, video_note, animation } = message;
  // An animation comes as a document too, with the same file in it.
  const files = [photo, animation ?? document, voice, audio, video, video_note];
  return files.filter((file) => file !== undefined);
}
