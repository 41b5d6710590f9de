import type { Content, OutgoingFile, SendOptions } from "../chat/messenger.ts";
import type { Secrets } from "../secrets.ts";
import { concat, plain, styled } from "../text/entities.ts";
import type { BotClient } from "./client.ts";
import { albumParameters, fileParameters, type placeParameters, textParameters } from "./outgoing.ts";
import type { Message } from "./types.ts";

/** A message to be sent, as far as its kinds differ. */
export interface Post {
  call(place: ReturnType<typeof placeParameters>): Promise<Pick<Message, "message_id">>;
  /** Takes away what the server may have refused. False when nothing is left to take. */
  simplify(): boolean;
  /** Whether to send again what may have arrived already. */
  repeat(): boolean;
}

export interface PostOptions {
  readonly client: BotClient;
  readonly secrets: Secrets;
}

const MARK = "(sent again, the connection broke)";
/** Stands before a text that may be there twice. */
export const SENT_AGAIN = concat(styled("italic", MARK), "\n");
/** A file that may have arrived blocks the chat while it is sent again. */
const MOST_UPLOADS = 3;

/** A text; a function is asked for it when it leaves. */
export function textPost(
  content: Content | (() => Content),
  { important = false }: SendOptions,
  { client, secrets }: PostOptions,
): Post {
  let formatted = false;
  let simple = false;
  let marked = false;
  const render = (): Content => {
    const { text, ...rest } = typeof content === "function" ? content() : content;
    const whole = marked ? concat(SENT_AGAIN, text) : text;
    const shown = simple ? plain(whole.text) : whole;
    formatted = shown.entities.length > 0;
    return { ...rest, text: shown };
  };
  return {
    call: (place) => client.call("sendMessage", { ...textParameters(render(), secrets), ...place }),
    simplify() {
      simple = true;
      return formatted;
    },
    repeat() {
      marked = important;
      return marked;
    },
  };
}

/** A picture or any other file. */
export function filePost(file: OutgoingFile, options: SendOptions, { client, secrets }: PostOptions): Post {
  let asPicture = file.picture ?? false;
  const again = uploadsAgain(options);
  let repeated = false;
  const marked = (): OutgoingFile =>
    !repeated ? file : { ...file, caption: [MARK, file.caption].filter(Boolean).join("\n") };
  return {
    call(place) {
      const { document, ...rest } = fileParameters(marked(), secrets);
      return asPicture
        ? client.call("sendPhoto", { photo: document, ...rest, ...place })
        : client.call("sendDocument", { document, ...rest, ...place });
    },
    // What is not a picture after all, or too long and thin for one, is still a file.
    simplify() {
      const simpler = asPicture;
      asPicture = false;
      return simpler;
    },
    repeat() {
      repeated = true;
      return again();
    },
  };
}

/** Several pictures; it is known by its first message. */
export function albumPost(
  pictures: readonly OutgoingFile[],
  options: SendOptions,
  { client, secrets }: PostOptions,
): Post {
  return {
    async call(place) {
      const messages = await client.call("sendMediaGroup", {
        ...albumParameters(pictures, secrets),
        ...place,
      });
      return messages[0] ?? { message_id: 0 };
    },
    simplify: () => false,
    repeat: uploadsAgain(options),
  };
}

function uploadsAgain({ important = false }: SendOptions): () => boolean {
  let uploads = 0;
  return () => {
    uploads += 1;
    return important && uploads < MOST_UPLOADS;
  };
}
