import type { Content, EditResult, MessageRef, OutgoingFile } from "../chat/messenger.ts";
import { plain } from "../text/entities.ts";
import { ApiError, type ApiFault, faultOf } from "./errors.ts";
import { captionParameters, fileParameters, textParameters } from "./outgoing.ts";
import type { PostOptions } from "./posts.ts";

/** A change of a message, as far as the kinds of message differ. */
export interface MessageEdit {
  run(): Promise<EditResult>;
  /** Takes away what the server may have refused. False when nothing is left to take. */
  simplify(): boolean;
}

/** Refusals that are the answer to an edit. What a group held before it was upgraded cannot be edited any more. */
const RESULTS: Partial<Record<ApiFault, EditResult>> = {
  "not-modified": "ok",
  "message-gone": "gone",
  "not-editable": "gone",
  "chat-upgraded": "gone",
};

/**
 * Changes the text of a message, which is the caption where it shows a file. What is refused is worth another try only when
 * it is final.
 */
export function contentEdit(
  { chatId, messageId, isFile }: MessageRef,
  content: () => Content,
  final: boolean,
  { client, secrets }: PostOptions,
): MessageEdit {
  const message = { chat_id: chatId, message_id: messageId };
  let unformatted = false;
  return {
    run() {
      const { text, ...rest } = content();
      const shown = { ...rest, text: unformatted ? plain(text.text) : text };
      const call = isFile
        ? client.call("editMessageCaption", { ...message, ...captionParameters(shown, secrets) })
        : client.call("editMessageText", { ...message, ...textParameters(shown, secrets) });
      return call.then(() => "ok", resultOf);
    },
    simplify() {
      if (!final || unformatted) return false;
      unformatted = true;
      return true;
    },
  };
}

/** Puts another picture into a message that shows a file. */
export function pictureEdit(
  { chatId, messageId }: MessageRef,
  picture: () => OutgoingFile,
  { client, secrets }: PostOptions,
): MessageEdit {
  let type: "photo" | "document" = "photo";
  return {
    run() {
      const { document, caption, ...buttons } = fileParameters(picture(), secrets);
      const media = { type, media: "attach://file", ...(caption === undefined ? {} : { caption }) } as const;
      return client
        .call("editMessageMedia", {
          chat_id: chatId,
          message_id: messageId,
          media,
          file: document,
          ...buttons,
        })
        .then(() => "ok", resultOf);
    },
    // What is too large for a picture is still a file.
    simplify() {
      const simpler = type === "photo";
      type = "document";
      return simpler;
    },
  };
}

/** @throws the error, when it is no answer. */
function resultOf(error: unknown): EditResult {
  const result = error instanceof ApiError ? RESULTS[faultOf(error)] : undefined;
  if (result === undefined) throw error;
  return result;
}
