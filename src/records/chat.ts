import type { MessageRef, Place } from "../chat/messenger.ts";
import type { Author } from "../jobs/job.ts";
import type { Entity, RichText } from "../text/entities.ts";
import { isNumber, isText, isTrue, listOf, matching, oneOf, optional, shape } from "./guard.ts";

export const isConversation = matching(/^-?\d{1,16}(\/\d{1,16})?$/);
export const isPlace = shape<Place>({ chatId: isNumber, threadId: optional(isNumber) });
export const isAuthor = shape<Author>({ id: isNumber, name: isText });
export const isMessage = shape<MessageRef>({
  chatId: isNumber,
  messageId: isNumber,
  isFile: optional(isTrue),
});

const isEntity = shape<Entity>({
  type: oneOf<Entity["type"]>(
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "code",
    "pre",
    "text_link",
    "blockquote",
    "expandable_blockquote",
  ),
  offset: isNumber,
  length: isNumber,
  language: optional(isText),
  url: optional(isText),
});

export const isRichText = shape<RichText>({ text: isText, entities: listOf(isEntity) });
