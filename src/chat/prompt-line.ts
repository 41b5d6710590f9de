import type { WhenBusy } from "../config-keys.ts";
import type { Desk } from "../jobs/desk.ts";
import type { Author, Job, JobDraft } from "../jobs/job.ts";
import type { Person } from "../jobs/person.ts";
import type { Log } from "../log.ts";
import type { Store } from "../store.ts";
import type { FileInfo } from "../telegram/types.ts";
import { plain } from "../text/entities.ts";
import { nearest } from "../text/nearest.ts";
import { COMMANDS } from "./commands/all.ts";
import type { Hearing } from "./hearing.ts";
import type { Incoming } from "./incoming.ts";
import { filesOfPrompt, type Prompt } from "./intake.ts";
import type { Messenger, Place } from "./messenger.ts";
import { type Hurry, type QueueNotices, steeredWords } from "./queue-notices.ts";
import { reply } from "./reply.ts";

export interface PromptLineOptions {
  readonly desk: Desk;
  readonly messenger: Messenger;
  readonly notices: QueueNotices;
  readonly store: Store;
  readonly log: Log;
  readonly folder: string;
  /** Stores a file that came with a message. @returns its path relative to the project. @throws Error fit for the chat. */
  readonly saveFile: (file: FileInfo, messageId: number) => Promise<string>;
  /** Turns spoken messages into text, when that is set up. */
  readonly hearing: () => Hearing | undefined;
  /** Whether a message that was sent then comes so late that the chat is asked; milliseconds since the epoch. */
  readonly isStale: (sentAt: number) => boolean;
  /** What becomes of a prompt while another one runs, unless it says so itself. */
  readonly whenBusy: () => WhenBusy;
  /** Who somebody is here; undefined for nobody. */
  readonly personOf: (author: Author, place: Place) => Person | undefined;
  /** Asks the chat whether a prompt is still wanted. */
  readonly offer: (job: Job) => void;
}

interface EnqueueOptions {
  /** Who asks for it; its author where that is not told. */
  readonly person?: Person | undefined;
  readonly whenBusy?: WhenBusy | undefined;
  readonly album?: string;
}

/** Albums whose late pictures still find their way. */
const MOST_ALBUMS = 20;

/**
 * The way of a prompt into the queue. Loading its files may take a while, so the prompts of one chat go one after the
 * other: they keep their order, and nothing else waits for them.
 */
export class PromptLine {
  readonly #options: PromptLineOptions;
  readonly #lines = new Map<number, Promise<void>>();
  readonly #onTheWay = new Set<Prompt>();
  readonly #albums = new Map<string, string>();
  #stopped = false;

  constructor(options: PromptLineOptions) {
    this.#options = options;
  }

  add(prompt: Prompt): void {
    if (this.#stopped) return;
    const chatId = prompt.messages[0]?.place.chatId ?? 0;
    const before = this.#lines.get(chatId) ?? Promise.resolve();
    this.#onTheWay.add(prompt);
    const line = before
      .then(() => this.#take(prompt))
      .catch((error) => this.#notQueued(prompt, error))
      .finally(() => {
        this.#onTheWay.delete(prompt);
        if (this.#lines.get(chatId) === line) this.#lines.delete(chatId);
      });
    this.#lines.set(chatId, line);
  }

  /**
   * Puts a prompt into the queue, or asks the chat when it comes late or was spoken, and tells what becomes of it.
   * @throws when it cannot be written down.
   */
  async enqueue(draft: JobDraft, { person, whenBusy, album }: EnqueueOptions = {}): Promise<void> {
    const { desk, notices, isStale, offer } = this.#options;
    const refusal = desk.shell.refusal(draft);
    if (refusal !== undefined) return this.#refuse(draft, refusal);
    if (draft.heard || (draft.sentAt !== undefined && isStale(draft.sentAt)))
      return offer(await desk.setAside(draft));
    const { job, before } = await desk.add(draft);
    if (before > 0) {
      const asker = person ?? this.#options.personOf(job.author, job.place);
      const wish = whenBusy ?? this.#options.whenBusy();
      const joined = asker && wish === "steer" && (await desk.steer(job.id, asker)) === "done";
      if (joined) reply(this.#options.messenger, job.place, { text: plain(steeredWords(job)) });
      // Meanwhile its turn may have come.
      else if (desk.waiting.some(({ id }) => id === job.id))
        notices.queued(job, before, this.#choices(job), this.#waitingNote(job));
      if (asker && wish === "interrupt") desk.hurry(job.id, asker);
    }
    if (album === undefined) return;
    this.#albums.set(album, job.id);
    const oldest = this.#albums.size > MOST_ALBUMS ? this.#albums.keys().next().value : undefined;
    if (oldest !== undefined) this.#albums.delete(oldest);
  }

  #refuse({ place, updates }: JobDraft, reason: string): void {
    reply(this.#options.messenger, place, { text: plain(reason) });
    this.#options.store.note({ k: "handled", updates });
  }

  /** What else can be done with a job that waits. */
  #choices(job: Job): Hurry[] {
    const run = this.#options.desk.runBefore(job);
    if (!run) return [];
    return run.view.output === "raw" ? ["now"] : ["steer", "now"];
  }

  /** Somebody may take his prompt for the answer, or not know that nothing goes on without one. */
  #waitingNote(job: Job): string {
    const run = this.#options.desk.runBefore(job);
    return run?.view.waitingForAnswer ? "The running job waits for your answer above." : "";
  }

  /** Whether a message is on its way. */
  holds({ messageId, place }: Incoming): boolean {
    const all = [...this.#onTheWay].flatMap(({ messages }) => messages);
    return all.some((each) => each.messageId === messageId && each.place.chatId === place.chatId);
  }

  /** Follows an edit of a message on its way. False when it is not. */
  edit({ messageId, place, text }: Incoming): boolean {
    for (const { messages } of this.#onTheWay) {
      const index = messages.findIndex(
        (each) => each.messageId === messageId && each.place.chatId === place.chatId,
      );
      const message = messages[index];
      if (!message) continue;
      messages[index] = { ...message, text };
      return true;
    }
    return false;
  }

  /** Whether earlier pictures of the same album have become a prompt. */
  knows({ mediaGroupId }: Incoming): boolean {
    return mediaGroupId !== undefined && this.#albums.has(mediaGroupId);
  }

  /** Queues nothing from now on: what is on its way is left to the next life, which finds it in the journal. */
  stop(): void {
    this.#stopped = true;
  }

  /** Resolves when the prompts that this chat has sent so far are in the queue. */
  async reached(chatId: number): Promise<void> {
    await this.#lines.get(chatId);
  }

  /** Resolves when nothing is on its way. */
  async settled(): Promise<void> {
    while (this.#lines.size > 0) await Promise.all(this.#lines.values());
  }

  async #take(prompt: Prompt): Promise<void> {
    const { desk, hearing } = this.#options;
    const [first] = prompt.messages;
    if (!first || (await this.#isUnknownCommand(prompt, first))) return;
    const listener = hearing();
    const { files, heard } = await this.#load(prompt, listener);
    if (this.#stopped) return;
    const parts = prompt.messages.map(({ messageId, text, quote }) => ({
      messageId,
      text: [text, heard.get(messageId) ?? ""].filter((piece) => piece !== "").join("\n"),
      ...(quote === undefined ? {} : { quote }),
    }));
    const updates = updatesOf(prompt);
    const album = first.mediaGroupId;
    const earlier = album === undefined ? undefined : this.#albums.get(album);
    if (earlier !== undefined && desk.extend(earlier, { parts, files, updates })) return;
    const sentAt = Math.max(...prompt.messages.map((message) => message.sentAt));
    const asks = heard.size > 0 && listener?.confirm === true;
    const draft: JobDraft = {
      ...{ place: first.place, author: first.author, parts, files, updates, sentAt },
      ...(asks ? { heard: true } : {}),
    };
    if (heard.size > 0 && !asks) this.#tellHeard([...heard.values()].join("\n"), first);
    await this.enqueue(draft, { ...(album === undefined ? {} : { album }) });
  }

  /** Stores the files of a prompt. What was spoken becomes text instead, by the message that it came with. */
  async #load(
    prompt: Prompt,
    listener: Hearing | undefined,
  ): Promise<{ files: string[]; heard: Map<number, string> }> {
    const files: string[] = [];
    const heard = new Map<number, string>();
    const spoken = new Set(prompt.messages.map(({ voice }) => voice));
    for (const { file, messageId } of filesOfPrompt(prompt)) {
      const path = await this.#options.saveFile(file, messageId);
      if (listener && spoken.has(file) && !this.#stopped) heard.set(messageId, await listener.hear(path));
      else files.push(path);
    }
    return { files, heard };
  }

  #tellHeard(text: string, { place, messageId }: Incoming): void {
    reply(
      this.#options.messenger,
      place,
      { text: plain(`🎙 heard: ${text}`) },
      { prompt: true, replyTo: messageId },
    );
  }

  /** A slash command that is not ours is the agent's, or nobody's; then it is answered with a hint. */
  async #isUnknownCommand(prompt: Prompt, { command, files, place }: Incoming): Promise<boolean> {
    if (!command || files.length > 0) return false;
    const { desk, folder, messenger, store } = this.#options;
    const own = await desk.conversations.agent(place).slashCommands(folder);
    if (own.includes(command.name)) return false;
    const close = nearest(command.name, [...COMMANDS.flatMap(({ names }) => names), ...own]);
    const hint = close ? `Did you mean /${close}?` : "/help lists what there is.";
    reply(messenger, place, { text: plain(`There is no command /${command.name}. ${hint}`) });
    store.note({ k: "handled", updates: updatesOf(prompt) });
    return true;
  }

  #notQueued(prompt: Prompt, error: unknown): void {
    if (this.#stopped) return;
    const { log, store, messenger } = this.#options;
    log.error("prompt not queued", { error });
    const place = prompt.messages[0]?.place;
    const reason = error instanceof Error ? error.message : String(error);
    if (place) reply(messenger, place, { text: plain(`This was not run: ${reason}`) });
    store.note({ k: "handled", updates: updatesOf(prompt) });
  }
}

function updatesOf({ messages }: Prompt): number[] {
  return messages.map(({ updateId }) => updateId);
}
