import type { Call } from "./faults.ts";
import type { Button, MessageEntity } from "./wire.ts";
import { current, type Post, type Room, type State, type StoredFile, type World } from "./world.ts";

export interface Shown {
  readonly text: string;
  readonly entities: readonly MessageEntity[];
  /** Rows of buttons; no rows without a keyboard. */
  readonly keyboard: readonly (readonly Button[])[];
}

/** A message as a person sees it now, and every state that it was in before. */
export interface SeenMessage extends Shown {
  readonly messageId: number;
  readonly chatId: number;
  readonly threadId: number | undefined;
  /** "bot", or the user's id. */
  readonly from: "bot" | number;
  readonly document: StoredFile | undefined;
  readonly replyTo: number | undefined;
  readonly reactions: readonly string[];
  readonly deleted: boolean;
  /** `at` as `performance.now()` tells it. */
  readonly states: readonly (Shown & { readonly at: number })[];
}

/** A copy: later events leave it as it is. */
export function see(post: Post): SeenMessage {
  const { message } = post;
  return {
    messageId: message.message_id,
    chatId: message.chat.id,
    threadId: message.message_thread_id,
    from: post.fromBot ? "bot" : (message.from?.id ?? 0),
    document: post.file,
    replyTo: message.reply_to_message?.message_id,
    reactions: post.reactions,
    deleted: post.deleted,
    ...shown(current(post)),
    states: post.states.map((state) => ({ at: state.at, ...shown(state) })),
  };
}

/** Everything that a failed test wants to know, as text. */
export function dump(world: World, calls: readonly Call[]): string {
  const recent = calls.slice(-15).map((call) => {
    const params = JSON.stringify(call.params).slice(0, 150);
    return `  ${call.method} ${params} -> ${call.status ?? "no answer"} ${call.error ?? ""}`.trimEnd();
  });
  const troubles = world.violations.map((what) => `  ${what}`);
  const { hammering } = world.limits;
  return [
    ...[...world.rooms.values()].flatMap(dumpRoom),
    `${calls.length} calls, the last of them:`,
    ...recent,
    `${world.updates.pending.length} updates not confirmed, ${hammering} calls too early, ${world.droppedEntities} entities dropped`,
    `${troubles.length} violations`,
    ...troubles,
  ].join("\n");
}

function shown({ text, entities, markup }: State): Shown {
  return { text, entities, keyboard: markup?.inline_keyboard ?? [] };
}

function dumpRoom({ chat, posts, barred }: Room): string[] {
  const name = chat.title ?? chat.first_name ?? "";
  const lines = posts.map(see).map((post) => {
    const marks = [
      post.threadId === undefined ? "" : ` in topic ${post.threadId}`,
      post.document === undefined ? "" : ` <${post.document.name} ${post.document.size} bytes>`,
      ...post.keyboard.map((row) => ` [${row.map((button) => button.text).join("|")}]`),
      post.states.length > 1 ? ` (${post.states.length} states)` : "",
      post.deleted ? " (deleted)" : "",
    ];
    return `  #${post.messageId} ${post.from}: ${JSON.stringify(post.text)}${marks.join("")}`;
  });
  return [`chat ${chat.id} (${chat.type} ${name})${barred ? ` ${barred.message}` : ""}`, ...lines];
}
