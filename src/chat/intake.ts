import type { Clock } from "../clock.ts";
import type { FileInfo } from "../telegram/types.ts";
import type { Incoming } from "./incoming.ts";

/** One prompt, from one or several messages. */
export interface Prompt {
  /** Their texts follow edits until the prompt is queued. */
  readonly messages: Incoming[];
}

/** A chat client cuts a long paste at 4096 characters, earlier where there is white space. */
const NEAR_LIMIT = 3_900;
/** Parts and albums come as separate messages with no end mark; the next one is due within this time. */
const WAIT_MS = 1_000;

interface Held {
  messages: Incoming[];
  cancel: () => void;
}

/** Puts together what belongs together: the parts of a long paste, and the pictures of an album. */
export class Intake {
  readonly #clock: Clock;
  readonly #take: (prompt: Prompt) => void;
  readonly #held = new Map<string, Held>();

  /** @param take Gets each prompt, in order per person and chat. */
  constructor(clock: Clock, take: (prompt: Prompt) => void) {
    this.#clock = clock;
    this.#take = take;
  }

  add(message: Incoming): void {
    const key = keyOf(message);
    if (!this.continues(message)) this.flush(message);
    const messages = [...(this.#held.get(key)?.messages ?? []), message];
    this.#held.get(key)?.cancel();
    if (!mayContinue(message)) this.#release(key, messages);
    else
      this.#held.set(key, {
        messages,
        cancel: this.#clock.after(WAIT_MS, () => this.#release(key, messages)),
      });
  }

  /** Whether this is the next part of what the same person has begun; in a group only the first part names the bot. */
  continues(message: Incoming): boolean {
    const last = this.#held.get(keyOf(message))?.messages.at(-1);
    return last !== undefined && belongs(last, message);
  }

  /** Whether this very message is still held. */
  holds(message: Incoming): boolean {
    const held = this.#held.get(keyOf(message));
    return held?.messages.some(({ messageId }) => messageId === message.messageId) ?? false;
  }

  /** Follows an edit of a message that is still held. False when it is not. */
  edit(message: Incoming): boolean {
    const held = this.#held.get(keyOf(message));
    const index = held?.messages.findIndex(({ messageId }) => messageId === message.messageId) ?? -1;
    if (!held || index < 0) return false;
    held.messages[index] = { ...message, updateId: held.messages[index]?.updateId ?? message.updateId };
    return true;
  }

  /** Lets go of what this person's chat holds, because something else follows. */
  flush(message: Incoming): void {
    const held = this.#held.get(keyOf(message));
    if (held) this.#release(keyOf(message), held.messages);
  }

  /** Lets go of everything. */
  flushAll(): void {
    for (const [key, { messages }] of this.#held) this.#release(key, messages);
  }

  #release(key: string, messages: readonly Incoming[]): void {
    this.#held.get(key)?.cancel();
    this.#held.delete(key);
    this.#take({ messages: messages.toSorted((a, b) => a.messageId - b.messageId) });
  }
}

function keyOf({ place, author }: Incoming): string {
  return `${place.chatId} ${place.threadId ?? ""} ${author.id}`;
}

function belongs(last: Incoming, next: Incoming): boolean {
  if (last.mediaGroupId !== undefined || next.mediaGroupId !== undefined) {
    return last.mediaGroupId === next.mediaGroupId;
  }
  return next.files.length === 0;
}

function mayContinue({ mediaGroupId, text, files }: Incoming): boolean {
  return mediaGroupId !== undefined || (files.length === 0 && text.length >= NEAR_LIMIT);
}

/** All files of a prompt, each with the message that it came with. */
export function filesOfPrompt({ messages }: Prompt): { messageId: number; file: FileInfo }[] {
  return messages.flatMap(({ messageId, files }) => files.map((file) => ({ messageId, file })));
}
