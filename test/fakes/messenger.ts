import type {
  Content,
  EditResult,
  MessageRef,
  Messenger,
  OutgoingFile,
  SendOptions,
} from "../../src/chat/messenger.ts";

/** What a messenger was asked to do, and what it should answer next. */
export interface FakeMessenger extends Messenger {
  /** Every call in order: `send 1: text`, `edit 1: text`, `final 1: text`, `remove 1`, `file name`, `final 1: picture caption`. */
  readonly calls: string[];
  readonly sent: readonly { readonly content: Content; readonly options: SendOptions }[];
  /** The results of the next sends and edits; without one they succeed. After `closed` the chat is, until a send. */
  readonly sendResults: ("lost" | "closed" | "ok")[];
  readonly editResults: EditResult[];
  readonly fileResults: ("lost" | "closed" | "ok")[];
}

/** A messenger that carries everything out at once and remembers it. */
export function fakeMessenger(limits = { length: 4096, entities: 90 }): FakeMessenger {
  const calls: string[] = [];
  const sent: { content: Content; options: SendOptions }[] = [];
  const sendResults: FakeMessenger["sendResults"] = [];
  const editResults: EditResult[] = [];
  const fileResults: FakeMessenger["fileResults"] = [];
  let closed = false;
  const arrives = (result: "lost" | "closed" | "ok" = "ok"): boolean => {
    closed = result === "closed";
    return result === "ok";
  };
  let lastId = 0;
  return {
    calls,
    sent,
    sendResults,
    editResults,
    fileResults,
    limits,
    tickMs: 4_500,
    async send(to, given, options = {}): Promise<MessageRef | undefined> {
      const content = typeof given === "function" ? given() : given;
      if (!arrives(sendResults.shift())) {
        calls.push(`lost: ${content.text.text}`);
        return undefined;
      }
      lastId += 1;
      calls.push(`send ${lastId}: ${content.text.text}`);
      sent.push({ content, options });
      return { chatId: to.chatId, messageId: lastId };
    },
    async edit({ messageId }, content, { final }): Promise<EditResult> {
      calls.push(`${final ? "final" : "edit"} ${messageId}: ${content().text.text}`);
      return editResults.shift() ?? "ok";
    },
    async editPicture({ messageId }, picture, { final }): Promise<EditResult> {
      calls.push(`${final ? "final" : "edit"} ${messageId}: picture ${picture().caption}`);
      return editResults.shift() ?? "ok";
    },
    async remove({ messageId }) {
      calls.push(`remove ${messageId}`);
      return "gone";
    },
    async sendFile(to, file: OutgoingFile) {
      if (!arrives(fileResults.shift())) return undefined;
      lastId += 1;
      calls.push(`file ${file.name}`);
      return { chatId: to.chatId, messageId: lastId };
    },
    typing() {},
    acknowledge() {},
    isClosed: () => closed,
    async flush() {},
  };
}
