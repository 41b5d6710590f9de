import { asList, asObject, asText, type JsonObject } from "../json.ts";

const TAIL_LENGTH = 200;

/** A block of the answer as far as it has been delivered. */
interface Block {
  /** Given with the first character, so that an empty block leaves no gap. */
  number: number | undefined;
  length: number;
  /** The end of what has been delivered, to recognise the same text when it comes again. */
  tail: string;
}

/**
 * Puts the answer together from the three forms in which Claude Code tells it: the model's own deltas
 * (`stream_event`), whole blocks (`assistant`) and the turn's outcome (`result`). Each piece of text is delivered
 * once, in the first form that carries it. Subagents' events are not meant to be handed in.
 */
export function claudeText(deliver: (delta: string, block: number) => void) {
  let blocks = 0;
  let messageId: string | undefined;
  let current = emptyBlock();
  /** The streamed blocks of the current message whose whole form has not come yet. */
  let streamed: Block[] = [];

  const open = (): Block => {
    current = emptyBlock();
    return current;
  };
  const write = (block: Block, text: string): void => {
    if (text === "") return;
    block.number ??= blocks++;
    block.length += text.length;
    block.tail = (block.tail + text).slice(-TAIL_LENGTH);
    deliver(text, block.number);
  };

  return {
    /** An event of the model's stream (https://docs.claude.com/en/api/messages-streaming). */
    streamEvent(event: JsonObject): void {
      if (event.type === "message_start") {
        messageId = asText(asObject(event.message).id);
        streamed = [];
      } else if (event.type === "content_block_start") {
        const { type, text } = asObject(event.content_block);
        if (type !== "text") return;
        streamed.push(open());
        write(current, asText(text) ?? "");
      } else if (event.type === "content_block_delta") {
        const { type, text } = asObject(event.delta);
        if (type === "text_delta") write(current, asText(text) ?? "");
      }
    },

    /** An `assistant` message: its text blocks, as far as they have not been streamed. */
    message(message: JsonObject): void {
      for (const content of asList(message.content)) {
        const { type, text } = asObject(content);
        if (type !== "text" || typeof text !== "string") continue;
        const known = message.id === messageId ? streamed.shift() : undefined;
        if (!known) write(open(), text);
        else if (text.slice(0, known.length).endsWith(known.tail)) write(known, text.slice(known.length));
      }
    },

    /** The `result` text: the last block again, or what a local command or an error says. */
    outcome(text: string): void {
      const said = squash(text);
      const tail = squash(current.tail);
      if (said === "" || (tail !== "" && (said.endsWith(tail) || tail.endsWith(said)))) return;
      write(open(), text);
    },
  };
}

function emptyBlock(): Block {
  return { number: undefined, length: 0, tail: "" };
}

// The outcome's white space is not always that of the block.
function squash(text: string): string {
  return text.replace(/\s+/g, "");
}
