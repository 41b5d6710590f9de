/** Says what is wrong with a value, `at` being its name; undefined when it is as it should be. */
type Check = (value: unknown, at: string) => string | undefined;

const isText: Check = (value, at) => (typeof value === "string" ? undefined : `${at} is no text`);
const isFlag: Check = (value, at) => (typeof value === "boolean" ? undefined : `${at} is not true or false`);
const isWhole: Check = (value, at) => (Number.isSafeInteger(value) ? undefined : `${at} is no whole number`);
const isChatType: Check = (value, at) =>
  ["private", "group", "supergroup", "channel"].some((type) => type === value)
    ? undefined
    : `${at} is no type of chat`;

const user = fields({ id: isWhole, is_bot: isFlag, first_name: isText }, { username: isText });
const chat = fields({ id: isWhole, type: isChatType }, {});
const entity = fields({ type: isText, offset: isWhole, length: isWhole }, { user });
const file = fields({ file_id: isText }, { file_size: isWhole, file_name: isText, mime_type: isText });
const message = fields(
  { message_id: isWhole, date: isWhole, chat },
  {
    message_thread_id: isWhole,
    is_topic_message: isFlag,
    from: user,
    sender_chat: chat,
    reply_to_message: fields({}, { from: user, text: isText, caption: isText }),
    quote: fields({ text: isText }, {}),
    media_group_id: isText,
    migrate_to_chat_id: isWhole,
    text: isText,
    entities: listOf(entity),
    caption: isText,
    caption_entities: listOf(entity),
    photo: listOf(file),
    document: file,
    voice: file,
    audio: file,
    video: file,
    video_note: file,
    animation: file,
  },
);
const update = fields(
  { update_id: isWhole },
  {
    message,
    edited_message: message,
    callback_query: fields({ id: isText, from: user }, { message, data: isText }),
  },
);

/**
 * Why something is not an update as `types.ts` says, such as "message.from.id is no whole number"; undefined when it is.
 * Everything that is read of an update later is looked at here: who may do what must not hang on a wrong type.
 */
export function updateFault(value: unknown): string | undefined {
  return update(value, "") ?? (isDeeper(value, DEEPEST) ? "it is nested too deep" : undefined);
}

/** The fields that must be there, and those that may be. What else there is does not matter. */
function fields(needed: Readonly<Record<string, Check>>, optional: Readonly<Record<string, Check>>): Check {
  return (value, at) => {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return `${at || "it"} is no object`;
    for (const [table, isNeeded] of [
      [needed, true],
      [optional, false],
    ] as const) {
      for (const [name, check] of Object.entries(table)) {
        const field: unknown = (value as Readonly<Record<string, unknown>>)[name];
        if (field === undefined && !isNeeded) continue;
        const fault = check(field, at === "" ? name : `${at}.${name}`);
        if (fault !== undefined) return fault;
      }
    }
    return undefined;
  };
}

function listOf(check: Check): Check {
  return (value, at) => {
    if (!Array.isArray(value)) return `${at} is no list`;
    for (const [index, item] of value.entries()) {
      const fault = check(item, `${at}[${index}]`);
      if (fault !== undefined) return fault;
    }
    return undefined;
  };
}

/** A message with all that it quotes takes about ten. */
const DEEPEST = 100;

/** JSON can be read to any depth, but not written, and an update has to be written down before it is handled. */
function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}
